import type { OutgoingTarget } from '../../outgoing-dialect.js';

/** OpenTelemetry's names of providers by host. A name takes its subdomains too. */
const PROVIDERS: readonly (readonly [host: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['models.inference.ai.azure.com', 'azure.ai.inference'],
  ['api.groq.com', 'groq'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cohere.com', 'cohere'],
  ['api.cohere.ai', 'cohere'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['watsonx.ai', 'ibm.watsonx.ai'],
  ['cloud.ibm.com', 'ibm.watsonx.ai'],
];

/** `host` without its port. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '');
}

/** Whether a host is this one or below it. */
export function isUnder(host: string, name: string): boolean {
  const bare = hostName(host);
  return bare === name || bare.endsWith(`.${name}`);
}

/** Value of `gen_ai.provider.name`: the well-known one of the host, else the host itself. */
export function providerOf({ host, path }: OutgoingTarget): string {
  for (const [name, provider] of PROVIDERS) if (isUnder(host, name)) return provider;
  if (/(?:^|-)aiplatform\.googleapis\.com$/.test(hostName(host))) return 'gcp.vertex_ai';
  if (/(?:^|\.)(?:bedrock|bedrock-runtime)[.-].*amazonaws\.com/.test(hostName(host))) return 'aws.bedrock';
  if (path.includes('/openai/deployments/')) return 'azure.ai.openai';
  return host;
}

/** Hosts that offer OpenAI's API under paths of their own. */
const COMPATIBLE: readonly string[] = [
  ...PROVIDERS.map(([host]) => host),
  'openrouter.ai',
  'api.together.xyz',
  'api.together.ai',
  'api.fireworks.ai',
  'api.cerebras.ai',
  'api.sambanova.ai',
  'api.deepinfra.com',
  'api.novita.ai',
  'api.hyperbolic.xyz',
  'api.studio.nebius.ai',
  'api.moonshot.ai',
  'api.moonshot.cn',
  'api.minimax.io',
  'open.bigmodel.cn',
  'api.z.ai',
  'dashscope.aliyuncs.com',
  'dashscope-intl.aliyuncs.com',
  'ark.cn-beijing.volces.com',
  'router.huggingface.co',
  'integrate.api.nvidia.com',
  'models.github.ai',
  'gateway.ai.cloudflare.com',
  'ai-gateway.vercel.sh',
  'api.voyageai.com',
  'api.jina.ai',
];

/** Whether a host is known to offer OpenAI's API. */
export function isCompatible(host: string): boolean {
  return COMPATIBLE.some((name) => isUnder(host, name)) || hostName(host).endsWith('amazonaws.com');
}
