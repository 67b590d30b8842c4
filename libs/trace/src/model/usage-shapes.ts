/** A count in a provider's object: the first of several paths that has a number, or the sum of those that have one. */
export type CountPath = readonly string[] | { sum: readonly string[] };

/** Names of the counts that a shape has. */
export type CountName = 'input' | 'output' | 'total' | 'cache_read' | 'cache_write' | 'cache_write_1h' | 'reasoning';

/** Where one provider or library puts its token counts. */
export interface UsageShape extends Readonly<Partial<Record<CountName | 'cost_usd', CountPath>>> {
  /** A number at any of these paths shows that an object has this shape. */
  has: readonly string[];
}

/**
 * Token counts by provider and library, the most specific shapes first. Input and output are totals: providers that report
 * cached tokens beside the input (Anthropic, Bedrock) have sums here. Paths use dots.
 */
export const USAGE_SHAPES: readonly UsageShape[] = [
  // Anthropic: the input is without cached tokens, and the parts by lifetime are inside `cache_creation_input_tokens`.
  {
    has: ['cache_read_input_tokens', 'cache_creation_input_tokens'],
    input: { sum: ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] },
    output: ['output_tokens'],
    cache_read: ['cache_read_input_tokens'],
    cache_write: ['cache_creation_input_tokens'],
    cache_write_1h: ['cache_creation.ephemeral_1h_input_tokens'],
    reasoning: ['output_tokens_details.thinking_tokens'],
  },
  // Bedrock Converse: the input is without cached tokens.
  {
    has: ['cacheReadInputTokens', 'cacheWriteInputTokens'],
    input: { sum: ['inputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'] },
    output: ['outputTokens'],
    cache_read: ['cacheReadInputTokens'],
    cache_write: ['cacheWriteInputTokens'],
  },
  // Bedrock's metrics at the end of a stream.
  {
    has: ['inputTokenCount', 'outputTokenCount'],
    input: { sum: ['inputTokenCount', 'cacheReadInputTokenCount', 'cacheWriteInputTokenCount'] },
    output: ['outputTokenCount'],
    cache_read: ['cacheReadInputTokenCount'],
    cache_write: ['cacheWriteInputTokenCount'],
  },
  // Gemini: the prompt has the cached tokens in it, the candidates have no thoughts in them.
  {
    has: ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount'],
    input: { sum: ['promptTokenCount', 'toolUsePromptTokenCount'] },
    output: { sum: ['candidatesTokenCount', 'responseTokenCount', 'thoughtsTokenCount'] },
    total: ['totalTokenCount'],
    cache_read: ['cachedContentTokenCount'],
    reasoning: ['thoughtsTokenCount'],
  },
  // Cohere: what it bills, else what it counted.
  {
    has: ['billed_units.input_tokens', 'billed_units.output_tokens', 'tokens.input_tokens', 'tokens.output_tokens'],
    input: ['billed_units.input_tokens', 'tokens.input_tokens'],
    output: ['billed_units.output_tokens', 'tokens.output_tokens'],
    cache_read: ['cached_tokens'],
  },
  // Ollama.
  { has: ['prompt_eval_count', 'eval_count'], input: ['prompt_eval_count'], output: ['eval_count'] },
  // OpenAI chat and the compatible ones: Groq, Mistral, DeepSeek (`prompt_cache_hit_tokens`), OpenRouter (`cost`), Perplexity.
  {
    has: ['prompt_tokens', 'completion_tokens'],
    input: ['prompt_tokens'],
    output: ['completion_tokens'],
    total: ['total_tokens'],
    cache_read: ['prompt_tokens_details.cached_tokens', 'prompt_cache_hit_tokens', 'num_cached_tokens'],
    cache_write: ['prompt_tokens_details.cache_write_tokens'],
    reasoning: ['completion_tokens_details.reasoning_tokens', 'reasoning_tokens'],
    cost_usd: ['cost', 'cost.total_cost'],
  },
  // LangChain's `usage_metadata`.
  {
    has: ['input_token_details.cache_read', 'input_token_details.cache_creation', 'output_token_details.reasoning'],
    input: ['input_tokens'],
    output: ['output_tokens'],
    total: ['total_tokens'],
    cache_read: ['input_token_details.cache_read'],
    cache_write: ['input_token_details.cache_creation'],
    reasoning: ['output_token_details.reasoning'],
  },
  // OpenAI Responses; Anthropic, Mistral and others without a cache.
  {
    has: ['input_tokens', 'output_tokens', 'total_tokens'],
    input: ['input_tokens'],
    output: ['output_tokens'],
    total: ['total_tokens'],
    cache_read: ['input_tokens_details.cached_tokens'],
    cache_write: ['input_tokens_details.cache_write_tokens'],
    reasoning: ['output_tokens_details.reasoning_tokens'],
    cost_usd: ['cost'],
  },
  // A model of the AI SDK from version 6 on.
  {
    has: ['inputTokens.total', 'inputTokens.noCache', 'outputTokens.total'],
    input: ['inputTokens.total', 'inputTokens.noCache'],
    output: ['outputTokens.total'],
    cache_read: ['inputTokens.cacheRead'],
    cache_write: ['inputTokens.cacheWrite'],
    reasoning: ['outputTokens.reasoning'],
  },
  // A call of the AI SDK; Bedrock Converse without a cache.
  {
    has: ['inputTokens', 'outputTokens'],
    input: ['inputTokens'],
    output: ['outputTokens'],
    total: ['totalTokens'],
    cache_read: ['inputTokenDetails.cacheReadTokens', 'cachedInputTokens'],
    cache_write: ['inputTokenDetails.cacheWriteTokens'],
    reasoning: ['outputTokenDetails.reasoningTokens', 'reasoningTokens'],
  },
  // Older versions of the AI SDK and of LangChain.
  {
    has: ['promptTokens', 'completionTokens', 'totalTokens'],
    input: ['promptTokens'],
    output: ['completionTokens'],
    total: ['totalTokens'],
  },
  // Our own names.
  {
    has: ['input', 'output', 'total', 'cost_usd', 'costUsd'],
    input: ['input'],
    output: ['output'],
    total: ['total'],
    cache_read: ['cache_read', 'cacheRead'],
    cache_write: ['cache_write', 'cacheWrite'],
    cache_write_1h: ['cache_write_1h', 'cacheWrite1h'],
    reasoning: ['reasoning'],
    cost_usd: ['cost_usd', 'costUsd'],
  },
];

/** Names of members by which a shape is found. An object without any of them has no counts. */
export const COUNT_NAMES: ReadonlySet<string> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ USAGE_SHAPES.flatMap(({ has }) => has.map((path) => path.split('.', 1)[0]!)),
);
