import { compact, field, itemsOf, textAt, type Fields } from '../../../../model/chat/values.js';
import type { OutgoingResponse, OutgoingTarget } from '../../outgoing-dialect.js';
import { FrameAssembly } from './bedrock-streams.js';
import { embeddingsOf } from './embeddings.js';
import { modelDialect } from './model-dialect.js';
import { decoded } from './openai-chat.js';
import { providerOf } from './openai-hosts.js';

const CONVERSE = /\/model\/([^/]{1,400})\/converse(?:-stream)?$/;
/** Ids of models have a dot or, as names of resources, colons: `anthropic.claude-…`, `arn:aws:bedrock:…`. */
const INVOKE = /\/model\/([^/]{1,400}?(?:\.|:|%3A)[^/]{1,400})\/invoke(?:-with-response-stream)?$/i;

/** Bedrock's host is the region's, or that of an endpoint inside the user's own network. */
function provider(target: OutgoingTarget): string {
  const known = providerOf(target);
  return known === target.host ? 'aws.bedrock' : known;
}

function modelAt({ path }: OutgoingTarget): string | undefined {
  const id = (CONVERSE.exec(path) ?? INVOKE.exec(path))?.[1];
  return id === undefined ? undefined : decoded(id);
}

/** Counts that InvokeModel has in headers, whatever the model is. The names are Converse's. */
function headerCounts({ headers }: OutgoingResponse): Fields | undefined {
  const count = (name: string): number | undefined => {
    const given = headers[`x-amzn-bedrock-${name}-token-count`];
    return given !== undefined && /^\d{1,12}$/.test(given) ? Number(given) : undefined;
  };
  const counts = compact({
    inputTokens: count('input'),
    outputTokens: count('output'),
    cacheReadInputTokens: count('cache-read-input'),
    cacheWriteInputTokens: count('cache-write-input'),
  });
  return Object.keys(counts).length > 0 ? counts : undefined;
}

/** Counts that Titan and Llama have beside their text. */
function memberCounts(body: Fields): Fields | undefined {
  const result = itemsOf(body.results)[0];
  const counts = compact({
    inputTokens: body.inputTextTokenCount ?? body.prompt_token_count,
    outputTokens: field(result, 'tokenCount') ?? body.totalOutputTextTokenCount ?? body.generation_token_count,
  });
  return Object.keys(counts).length > 0 ? counts : undefined;
}

/** Bedrock's Converse and ConverseStream. */
export const bedrockConverse = modelDialect({
  name: 'bedrock-converse',
  provider,
  match: ({ path }) => CONVERSE.test(path),
  modelAt,
  assembly: () => new FrameAssembly(),
  usage: (body) => body.usage ?? undefined,
  usageNames: ['usage'],
});

/** Bedrock's InvokeModel: bodies are the model's own, in frames where they are streamed. */
export const bedrockInvoke = modelDialect({
  name: 'bedrock-invoke',
  provider,
  match: ({ path }) => INVOKE.test(path),
  modelAt,
  assembly: () => new FrameAssembly(),
  usage: (body, response) => body.usage ?? headerCounts(response) ?? memberCounts(body),
  usageNames: ['usage'],
  output: (body, whole) =>
    textAt(body, 'stop_reason', 'completion') === undefined ? embeddingsOf(body, whole) : undefined,
});
