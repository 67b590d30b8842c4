import { eventFrame } from './event-frame.mjs';

/** Every fake counts the same tokens. */
export const TOKENS = { input: 12, output: 5, cache_read: 4 };

const data = (value, pause = false) => ({ bytes: `data: ${JSON.stringify(value)}\n\n`, pause });
const named = (value, pause = false) => ({ bytes: `event: ${value.type}\n${data(value).bytes}`, pause });
const dated = (model) => `${model}-2026-11-01`;

const chatUsage = {
  prompt_tokens: TOKENS.input,
  completion_tokens: TOKENS.output,
  total_tokens: TOKENS.input + TOKENS.output,
  prompt_tokens_details: { cached_tokens: TOKENS.cache_read },
};

const openaiFailure = (status, message) => ({
  error: { message, type: status === 429 ? 'rate_limit_error' : 'server_error', param: null, code: null },
});

const chat = {
  // OpenAI's path and Groq's.
  path: /\/v1\/chat\/completions$/,
  whole: (model, text) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: dated(model),
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
    usage: chatUsage,
  }),
  *events(model, words) {
    const chunk = (more, pause) =>
      data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: dated(model), ...more }, pause);
    const choice = (delta, finish_reason = null, pause = false) =>
      chunk({ choices: [{ index: 0, delta, finish_reason }] }, pause);
    yield choice({ role: 'assistant', content: '' });
    for (const content of words) yield choice({ content }, null, true);
    yield choice({}, 'stop');
    yield chunk({ choices: [], usage: chatUsage });
    yield { bytes: 'data: [DONE]\n\n' };
  },
  failure: openaiFailure,
};

const message = (text) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});

const responses = {
  path: /\/v1\/responses$/,
  whole: (model, text) => ({
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: dated(model),
    status: 'completed',
    error: null,
    incomplete_details: null,
    output: [message(text)],
    usage: {
      input_tokens: TOKENS.input,
      input_tokens_details: { cached_tokens: TOKENS.cache_read },
      output_tokens: TOKENS.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: TOKENS.input + TOKENS.output,
    },
  }),
  *events(model, words) {
    const whole = responses.whole(model, words.join(''));
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    let sequence_number = 0;
    const event = (type, more, pause) => named({ type, sequence_number: sequence_number++, ...more }, pause);
    const started = { ...whole, status: 'in_progress', output: [], usage: null };
    yield event('response.created', { response: started });
    yield event('response.output_item.added', { output_index: 0, item: { ...message(''), content: [] } });
    yield event('response.content_part.added', { ...at, part: message('').content[0] });
    for (const delta of words) yield event('response.output_text.delta', { ...at, delta, logprobs: [] }, true);
    yield event('response.output_text.done', { ...at, text: words.join(''), logprobs: [] });
    yield event('response.output_item.done', { output_index: 0, item: whole.output[0] });
    yield event('response.completed', { response: whole });
  },
  failure: openaiFailure,
};

const claude = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  stop_sequence: null,
};
/** Anthropic counts cached tokens beside the others. */
const claudeUsage = {
  input_tokens: TOKENS.input - TOKENS.cache_read,
  cache_read_input_tokens: TOKENS.cache_read,
  cache_creation_input_tokens: 0,
};

const anthropic = {
  path: /\/v1\/messages$/,
  whole: (model, text) => ({
    ...claude,
    model: dated(model),
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { ...claudeUsage, output_tokens: TOKENS.output },
  }),
  *events(model, words) {
    const usage = { ...claudeUsage, output_tokens: 1 };
    yield named({
      type: 'message_start',
      message: { ...claude, model: dated(model), content: [], stop_reason: null, usage },
    });
    yield named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    for (const text of words)
      yield named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }, true);
    yield named({ type: 'content_block_stop', index: 0 });
    const delta = { stop_reason: 'end_turn', stop_sequence: null };
    yield named({ type: 'message_delta', delta, usage: { output_tokens: TOKENS.output } });
    yield named({ type: 'message_stop' });
  },
  failure: (status, text) => ({
    type: 'error',
    error: { type: status === 429 ? 'rate_limit_error' : 'api_error', message: text },
  }),
};

const geminiUsage = {
  promptTokenCount: TOKENS.input,
  cachedContentTokenCount: TOKENS.cache_read,
  candidatesTokenCount: TOKENS.output,
  totalTokenCount: TOKENS.input + TOKENS.output,
};
const candidate = (text, more) => ({ index: 0, content: { role: 'model', parts: [{ text }] }, ...more });

const gemini = {
  path: /\/models\/[^/]+:(?:streamG|g)enerateContent$/,
  whole: (model, text) => ({
    candidates: [candidate(text, { finishReason: 'STOP' })],
    usageMetadata: geminiUsage,
    modelVersion: dated(model),
    responseId: 'gemini-1',
  }),
  *events(model, words) {
    const last = words.length - 1;
    for (const [at, text] of words.entries()) {
      const more = at === last ? { usageMetadata: geminiUsage } : {};
      const candidates = [candidate(text, at === last ? { finishReason: 'STOP' } : {})];
      yield data({ candidates, modelVersion: dated(model), responseId: 'gemini-1', ...more }, true);
    }
  },
  failure: (code, text) => ({
    error: { code, message: text, status: code === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL' },
  }),
};

const bedrockUsage = {
  inputTokens: TOKENS.input - TOKENS.cache_read,
  cacheReadInputTokens: TOKENS.cache_read,
  cacheWriteInputTokens: 0,
  outputTokens: TOKENS.output,
  totalTokens: TOKENS.input + TOKENS.output,
};

const bedrock = {
  path: /\/model\/[^/]+\/converse(?:-stream)?$/,
  streamType: 'application/vnd.amazon.eventstream',
  whole: (_model, text) => ({
    output: { message: { role: 'assistant', content: [{ text }] } },
    stopReason: 'end_turn',
    usage: bedrockUsage,
    metrics: { latencyMs: 1 },
  }),
  *events(_model, words) {
    const frame = (type, value, pause = false) => ({ bytes: eventFrame(type, value), pause });
    yield frame('messageStart', { role: 'assistant' });
    for (const text of words) yield frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }, true);
    yield frame('contentBlockStop', { contentBlockIndex: 0 });
    yield frame('messageStop', { stopReason: 'end_turn' });
    yield frame('metadata', { usage: bedrockUsage, metrics: { latencyMs: 1 } });
  },
  failure: (_status, text) => ({ message: text }),
  failureHeaders: (status) => ({
    'x-amzn-errortype': status === 429 ? 'ThrottlingException' : 'InternalServerException',
  }),
};

/** The APIs: the path that selects one, its response at once and in parts, its refusals. */
export const SHAPES = [chat, responses, anthropic, gemini, bedrock];
