import { StreamParts } from './stream-parts.js';

function partsOf(...parts: unknown[]): StreamParts {
  const all = new StreamParts();
  for (const part of parts) all.add(part);
  return all;
}

const chat = (delta: object, more?: object) => ({ choices: [{ index: 0, delta }], ...more });

/** Small copies of providers' streams, as documented. */
const PROVIDERS: [name: string, parts: unknown[], text: string, usage: unknown][] = [
  [
    'OpenAI Chat Completions',
    [
      chat({ role: 'assistant', content: '' }, { usage: null }),
      chat({ content: 'ho' }, { usage: null }),
      chat({ content: 'la' }, { usage: null }),
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } } },
    ],
    'hola',
    { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
  ],
  ['OpenAI completions', [{ choices: [{ text: 'ho' }] }, { choices: [{ text: 'la' }] }], 'hola', undefined],
  [
    'OpenAI Responses',
    [
      { type: 'response.created', response: { usage: null } },
      { type: 'response.output_text.delta', delta: 'ho' },
      { type: 'response.reasoning_summary_text.delta', delta: 'thinking' },
      { type: 'response.output_text.delta', delta: 'la' },
      { type: 'response.completed', response: { usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 } } },
    ],
    'hola',
    { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
  ],
  [
    'Anthropic',
    [
      { type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 3 } } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'hola' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ],
    'hola',
    { input_tokens: 9, output_tokens: 2, cache_read_input_tokens: 3 },
  ],
  [
    'AI SDK',
    [
      { type: 'start' },
      { type: 'text-delta', id: '0', text: 'ho' },
      { type: 'text-delta', textDelta: 'la' },
      { type: 'finish-step', usage: { inputTokens: 4, outputTokens: 1 } },
      { type: 'finish', totalUsage: { inputTokens: 9, outputTokens: 2, inputTokenDetails: { cacheReadTokens: 0 } } },
    ],
    'hola',
    { inputTokens: 9, outputTokens: 2, inputTokenDetails: { cacheReadTokens: 0 } },
  ],
  [
    'Gemini',
    [
      { candidates: [{ content: { parts: [{ thought: true, text: 'hm' }, { text: 'ho' }] } }] },
      {
        candidates: [{ content: { parts: [{ text: 'la' }] } }],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, promptTokensDetails: [{ tokenCount: 9 }] },
      },
    ],
    'hola',
    { promptTokenCount: 9, candidatesTokenCount: 2 },
  ],
  [
    'Ollama',
    [
      { message: { role: 'assistant', content: 'hola' }, done: false },
      { message: { content: '' }, done: true, prompt_eval_count: 9, eval_count: 2, total_duration: 5 },
    ],
    'hola',
    { prompt_eval_count: 9, eval_count: 2 },
  ],
  [
    'Bedrock Converse',
    [
      { contentBlockDelta: { delta: { text: 'hola' } } },
      { metadata: { usage: { inputTokens: 9, outputTokens: 2 }, metrics: { latencyMs: 5 } } },
    ],
    'hola',
    { inputTokens: 9, outputTokens: 2 },
  ],
  [
    'Mistral',
    [{ data: chat({ content: 'hola' }) }, { data: chat({ content: '' }, { usage: { promptTokens: 9 } }) }],
    'hola',
    { promptTokens: 9 },
  ],
  [
    'Cohere',
    [
      { type: 'content-delta', delta: { message: { content: { text: 'hola' } } } },
      { type: 'message-end', delta: { usage: { tokens: { input_tokens: 9, output_tokens: 2 } } } },
    ],
    'hola',
    { input_tokens: 9, output_tokens: 2 },
  ],
  [
    'LangChain',
    [
      { content: 'ho', response_metadata: {}, usage_metadata: { input_tokens: 9, output_tokens: 1 } },
      {
        content: [{ type: 'text', text: 'la' }],
        response_metadata: {},
        usage_metadata: { input_tokens: 0, output_tokens: 1 },
      },
    ],
    'hola',
    { input_tokens: 9, output_tokens: 2 },
  ],
  ['text', ['ho', 'la'], 'hola', undefined],
];

describe('the parts of a stream', () => {
  it.each(PROVIDERS)('of %s become text and tokens', (_name, parts, text, usage) => {
    const all = partsOf(...parts);
    expect(all.summary()).toEqual({ parts: parts.length, text });
    expect(all.usage).toEqual(usage);
  });

  it('are counted when their shape is unknown', () => {
    const rows = [{ id: 1, content: 'a row' }, { type: 'usage', usage: { seats: 3 } }, [1], null, 5, () => 1];
    const all = partsOf(...rows);
    expect(all.summary()).toEqual({ parts: 6 });
    expect(all.usage).toBeUndefined();
  });

  it('are counted in bytes when they are binary', () => {
    expect(partsOf(Buffer.from('abc'), new Uint8Array(2)).summary()).toEqual({ parts: 2, bytes: 5 });
  });

  it('keep no more text than the bound, and name the omitted parts', () => {
    const all = partsOf(...Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)));
    const { text, ...rest } = all.summary();
    expect(text).toHaveLength(65_536);
    expect(rest).toEqual({ parts: 1_000, left_out: `${1_000_000 - 65_536} more characters` });
  });

  it('are read without running their code', () => {
    const refuse = () => {
      throw new Error('user code ran');
    };
    const getters = Object.defineProperties(
      {},
      { type: { get: refuse }, choices: { get: refuse }, usage: { get: refuse } },
    );
    const proxy = new Proxy({}, { get: refuse, getOwnPropertyDescriptor: refuse, ownKeys: refuse, has: refuse });
    expect(partsOf(getters, proxy, { usage: proxy }, { choices: proxy }).summary()).toEqual({ parts: 4 });
  });

  it('count nothing below zero, infinite or hidden', () => {
    const all = partsOf({
      usage: { prompt_tokens: -1, total_tokens: Infinity, completion_tokens: '5', input_tokens: 3 },
    });
    expect(all.usage).toEqual({ input_tokens: 3 });
  });
});
