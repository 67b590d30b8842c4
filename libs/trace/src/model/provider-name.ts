/** OpenTelemetry's names of providers, by what libraries call them. */
const NAMES: Readonly<Record<string, string>> = {
  google: 'gcp.gemini',
  google_genai: 'gcp.gemini',
  'google-generative-ai': 'gcp.gemini',
  'google-vertex': 'gcp.vertex_ai',
  google_vertexai: 'gcp.vertex_ai',
  vertex: 'gcp.vertex_ai',
  'amazon-bedrock': 'aws.bedrock',
  amazon_bedrock: 'aws.bedrock',
  bedrock: 'aws.bedrock',
  azure: 'azure.ai.openai',
  'azure-openai': 'azure.ai.openai',
  azure_openai: 'azure.ai.openai',
  mistral: 'mistral_ai',
  mistralai: 'mistral_ai',
  xai: 'x_ai',
};

/**
 * Value of `gen_ai.provider.name` for a library's name of a provider. The AI SDK adds the kind of API after a dot:
 * `openai.chat`, `google.vertex.chat`.
 */
export function providerName(given: unknown): string | undefined {
  if (typeof given !== 'string' || given === '') return undefined;
  const lower = given.toLowerCase();
  if (lower.startsWith('google.vertex')) return NAMES.vertex;
  const [first] = lower.split('.');
  return NAMES[first!] ?? first;
}
