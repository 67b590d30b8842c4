import { jest } from '@jest/globals';
import { USAGE_SHAPES } from './usage-shapes.js';
import { findUsage, hasCounts, normaliseUsage, recordedUsage, totalTokens, type UsageFields } from './usage.js';

const SHAPES: [string, unknown, UsageFields][] = [
  [
    'OpenAI chat',
    {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 10 },
    },
    { input: 100, output: 30, cache_read: 64, reasoning: 10 },
  ],
  [
    'OpenAI Responses',
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 64 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 10 },
      total_tokens: 130,
    },
    { input: 100, output: 30, cache_read: 64, reasoning: 10 },
  ],
  ['OpenAI embeddings', { prompt_tokens: 8, total_tokens: 8 }, { input: 8, total: 8 }],
  [
    'Anthropic',
    {
      input_tokens: 10,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 3_000,
      cache_creation: { ephemeral_5m_input_tokens: 150, ephemeral_1h_input_tokens: 50 },
      output_tokens: 40,
    },
    { input: 3_210, output: 40, cache_read: 3_000, cache_write: 200, cache_write_1h: 50 },
  ],
  ['Anthropic without a cache', { input_tokens: 10, output_tokens: 40 }, { input: 10, output: 40 }],
  [
    'Gemini',
    {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 155,
    },
    { input: 105, output: 50, cache_read: 60, reasoning: 30 },
  ],
  [
    'Bedrock Converse',
    { inputTokens: 10, outputTokens: 5, totalTokens: 115, cacheReadInputTokens: 80, cacheWriteInputTokens: 20 },
    { input: 110, output: 5, cache_read: 80, cache_write: 20 },
  ],
  ['Bedrock Converse without a cache', { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, { input: 10, output: 5 }],
  ['Bedrock’s metrics', { inputTokenCount: 10, outputTokenCount: 5, invocationLatency: 900 }, { input: 10, output: 5 }],
  [
    'Cohere',
    { billed_units: { input_tokens: 6, output_tokens: 9 }, tokens: { input_tokens: 70, output_tokens: 9 } },
    { input: 6, output: 9 },
  ],
  ['Cohere’s count', { tokens: { input_tokens: 70, output_tokens: 9 } }, { input: 70, output: 9 }],
  [
    'Ollama',
    { model: 'llama3.2', prompt_eval_count: 26, eval_count: 298, eval_duration: 4e9 },
    { model: 'llama3.2', input: 26, output: 298 },
  ],
  [
    'DeepSeek',
    { prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
    { input: 100, output: 5, cache_read: 64 },
  ],
  [
    'Groq',
    { queue_time: 0.1, prompt_tokens: 18, prompt_time: 0.01, completion_tokens: 556, total_tokens: 574, total_time: 1 },
    { input: 18, output: 556 },
  ],
  ['Mistral', { prompt_tokens: 18, completion_tokens: 5, total_tokens: 23 }, { input: 18, output: 5 }],
  [
    'OpenRouter',
    {
      prompt_tokens: 194,
      completion_tokens: 2,
      total_tokens: 196,
      cost: 0.95,
      prompt_tokens_details: { cached_tokens: 0 },
    },
    { input: 194, output: 2, cache_read: 0, cost_usd: 0.95 },
  ],
  [
    'Perplexity',
    { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12, cost: { input_tokens_cost: 0.1, total_cost: 0.3 } },
    { input: 5, output: 7, cost_usd: 0.3 },
  ],
  [
    'xAI, whose output is without the reasoning',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 35, completion_tokens_details: { reasoning_tokens: 20 } },
    { input: 10, output: 25, reasoning: 20 },
  ],
  [
    'LangChain',
    {
      input_tokens: 3_210,
      output_tokens: 40,
      total_tokens: 3_250,
      input_token_details: { cache_read: 3_000, cache_creation: 200 },
      output_token_details: { reasoning: 4 },
    },
    { input: 3_210, output: 40, cache_read: 3_000, cache_write: 200, reasoning: 4 },
  ],
  [
    'a model of the AI SDK',
    {
      inputTokens: { total: 100, noCache: 36, cacheRead: 64, cacheWrite: undefined },
      outputTokens: { total: 30, text: 20, reasoning: 10 },
    },
    { input: 100, output: 30, cache_read: 64, reasoning: 10 },
  ],
  [
    'a call of the AI SDK',
    {
      inputTokens: 100,
      inputTokenDetails: { noCacheTokens: 36, cacheReadTokens: 64 },
      outputTokens: 30,
      outputTokenDetails: { textTokens: 20, reasoningTokens: 10 },
      totalTokens: 130,
      reasoningTokens: 10,
      cachedInputTokens: 64,
    },
    { input: 100, output: 30, cache_read: 64, reasoning: 10 },
  ],
  [
    'the AI SDK 5 with Anthropic, whose input is without the cache',
    { inputTokens: 10, outputTokens: 40, cachedInputTokens: 3_000 },
    { input: 3_010, output: 40, cache_read: 3_000 },
  ],
  ['older libraries', { promptTokens: 3, completionTokens: 4, totalTokens: 7 }, { input: 3, output: 4 }],
  [
    'our own names',
    { model: 'm', provider: 'p', input: 9, output: 3, cacheRead: 2, cacheWrite: 1, costUsd: 0.5, calls: 2 },
    { model: 'm', provider: 'p', input: 9, output: 3, cache_read: 2, cache_write: 1, cost_usd: 0.5, calls: 2 },
  ],
  ['a cost alone', { cost_usd: 0.25 }, { cost_usd: 0.25 }],
  ['a total alone', { total_tokens: 12 }, { total: 12 }],
];

describe('normaliseUsage', () => {
  it.each(SHAPES)('reads the counts of %s', (_name, value, expected) =>
    expect(normaliseUsage(value)).toEqual(expected),
  );

  it.each(SHAPES)('leaves the result for %s as it is', (_name, value, expected) =>
    expect(normaliseUsage(normaliseUsage(value))).toEqual(expected),
  );

  it('reads a plain object as it reads one of a class, by each name of each shape', () => {
    class Reported {}
    const paths = USAGE_SHAPES.flatMap(({ has }) => has);
    for (const path of paths) {
      const [first, ...rest] = path.split('.');
      const plain = { [first!]: rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 7) };
      expect(normaliseUsage(plain)).toBeDefined();
      expect(normaliseUsage(plain)).toEqual(normaliseUsage(Object.assign(new Reported(), plain)));
    }
    // A bit of a number for each shape.
    expect(USAGE_SHAPES.length).toBeLessThan(31);
  });

  it.each([
    ['negative', { input_tokens: -1 }],
    ['NaN', { input_tokens: Number.NaN }],
    ['infinite', { input_tokens: Number.POSITIVE_INFINITY }],
    ['huge', { input_tokens: 1e300 }],
    ['a text', { input_tokens: '12' }],
    ['a bigint', { input_tokens: 12n }],
    ['hidden', { usage: { input_tokens: '[number]' } }],
    ['nothing', {}],
    ['null', null],
    ['a list', [1, 2]],
    ['a text itself', '12'],
  ])('has no count where a number is %s', (_name, value) => expect(normaliseUsage(value)).toBeUndefined());

  it('calls no getter and looks into no proxy', () => {
    const touched: string[] = [];
    const getter = {
      get input_tokens() {
        touched.push('getter');
        return 1;
      },
    };
    const proxy = new Proxy(
      { input_tokens: 1 },
      {
        get: (target, name, receiver) => (touched.push('get'), Reflect.get(target, name, receiver) as unknown),
        getOwnPropertyDescriptor: (target, name) => (
          touched.push('descriptor'),
          Reflect.getOwnPropertyDescriptor(target, name)
        ),
      },
    );
    for (const value of [getter, proxy, { tokens: proxy, input_token_details: proxy }, { output: [proxy] }]) {
      expect(normaliseUsage(value)).toBeUndefined();
      expect(findUsage(value)).toBeUndefined();
    }
    expect(touched).toEqual([]);
  });
});

describe('findUsage', () => {
  it('takes the shallowest object with counts', () =>
    expect(
      findUsage({ choices: [{ usage: { prompt_tokens: 9 } }], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    ).toEqual({ input: 1, output: 2 }));

  it.each([
    [{ model: 'gpt-5-mini-2025-08-07', usage: { prompt_tokens: 1 } }, 'gpt-5-mini-2025-08-07'],
    [{ modelVersion: 'gemini-2.5-flash', usageMetadata: { promptTokenCount: 1 } }, 'gemini-2.5-flash'],
    [{ model: { deep: 1 }, usage: { prompt_tokens: 1 } }, undefined],
    [{ model: 'x'.repeat(201), usage: { prompt_tokens: 1 } }, undefined],
  ])('takes the model of the response: %j', (response, model) => expect(findUsage(response)?.model).toBe(model));

  it('is found beside a long list, and in an object of a class', () => {
    class Answer {
      usage = { prompt_tokens: 3 };
    }
    const list = Array.from({ length: 20_000 }, (_, i) => i);
    expect(findUsage({ list, usage: { prompt_tokens: 1 } })).toEqual({ input: 1 });
    expect(findUsage([list, new Answer()])).toEqual({ input: 3 });
  });

  it('lists no bytes', () => {
    const keys = jest.spyOn(Object, 'keys');
    const found = findUsage({ audio: Buffer.alloc(100_000), usage: { prompt_tokens: 1 } });
    expect(keys.mock.calls.filter(([value]) => ArrayBuffer.isView(value))).toEqual([]);
    keys.mockRestore();
    expect(found).toEqual({ input: 1 });
  });

  it('reads the usage of a stream of Groq', () =>
    expect(findUsage({ x_groq: { id: 'r', usage: { prompt_tokens: 1, completion_tokens: 2 } } })).toEqual({
      input: 1,
      output: 2,
    }));
});

describe('recordedUsage', () => {
  it('is a call without counts where nothing was reported', () => {
    expect(recordedUsage({ model: 'm', agent: 'sofia' })).toEqual({ model: 'm', agent: 'sofia' });
    expect(recordedUsage({})).toEqual({});
    expect(recordedUsage('x')).toBeUndefined();
  });

  it('reads what earlier versions recorded', () =>
    expect(recordedUsage({ prompt_tokens: 5, completion_tokens: 6 })).toEqual({ input: 5, output: 6 }));

  it('keeps the agent, and that a call is counted elsewhere', () =>
    expect(recordedUsage({ input: 1, agent: 'sofia', calls: 0 })).toEqual({ input: 1, agent: 'sofia', calls: 0 }));
});

test('the total is known as soon as a part is', () => {
  expect(totalTokens({ input: 1 })).toBe(1);
  expect(totalTokens({ total: 5 })).toBe(5);
  expect(totalTokens({ cost_usd: 1 })).toBeUndefined();
  expect([hasCounts({ cost_usd: 0 }), hasCounts({ model: 'm' }), hasCounts(undefined)]).toEqual([true, false, false]);
});
