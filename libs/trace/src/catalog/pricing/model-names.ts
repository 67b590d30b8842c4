/** A model under the names by which a price list may have it. */
export interface NamedModel {
  provider: string | undefined;
  model: string;
}

/** Names of OpenTelemetry and of libraries that the list has under another name. */
const PROVIDERS: Readonly<Record<string, string>> = {
  x_ai: 'x-ai',
  xai: 'x-ai',
  moonshot_ai: 'moonshotai',
  moonshot: 'moonshotai',
  fireworks_ai: 'fireworks',
  'fireworks-ai': 'fireworks',
  together_ai: 'together',
  togetherai: 'together',
  zhipu_ai: 'zhipuai',
  voyage: 'voyageai',
  meta: 'meta',
  'ibm.watsonx.ai': 'ibm',
};

/**
 * The model that a call names, as a price list names it: `azure.ai.openai` is `azure`, `openai.responses` is `openai`;
 * `models/gemini-2.5-flash` and ARNs end with the model. Without a provider, `openai/gpt-5` names it.
 */
export function namedModel(provider: string | undefined, given: string): NamedModel {
  const model = modelName(given.trim());
  if (provider !== undefined && provider !== '')
    return { provider: providerName(provider.trim().toLowerCase()), model };
  const slash = model.indexOf('/');
  if (slash <= 0) return { provider: undefined, model };
  return { provider: providerName(model.slice(0, slash).toLowerCase()), model: model.slice(slash + 1) };
}

function providerName(name: string): string {
  // `azure.ai.openai`, `azure-openai`: the list's rule for OpenAI would take them.
  if (name.startsWith('azure') || name === 'az.ai.openai' || name === 'az.ai.inference') return 'azure';
  const [first = name] = name.split('.');
  return PROVIDERS[name] ?? (name.startsWith('aws.') || name.startsWith('gcp.') ? name : (PROVIDERS[first] ?? first));
}

function modelName(name: string): string {
  if (name.startsWith('arn:')) return name.slice(name.lastIndexOf('/') + 1);
  const models = name.lastIndexOf('models/');
  return models === 0 || name[models - 1] === '/' ? name.slice(models + 'models/'.length) : name;
}
