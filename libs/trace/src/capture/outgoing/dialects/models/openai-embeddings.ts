import { embeddingsOf } from './embeddings.js';
import { modelDialect } from './model-dialect.js';
import { deploymentAt } from './openai-chat.js';
import { isCompatible, providerOf } from './openai-hosts.js';

/** Embeddings of OpenAI, and of every server that has its API at this path. */
export const openAiEmbeddings = modelDialect({
  name: 'openai-embeddings',
  provider: providerOf,
  match: ({ host, path }) =>
    /\/v1\/embeddings\/?$/.test(path) ||
    /\/openai\/deployments\/[^/]+\/embeddings$/.test(path) ||
    (isCompatible(host) && path.endsWith('/embeddings')),
  accepts: ({ input, model }, { body }) => !body.whole || (input ?? model) !== undefined,
  modelAt: ({ path }) => deploymentAt(path),
  usage: (body) => body.usage ?? undefined,
  usageNames: ['usage'],
  output: embeddingsOf,
});
