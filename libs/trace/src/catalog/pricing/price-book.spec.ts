import { calcPrice, findProvider, waitForUpdate } from '@pydantic/genai-prices';
import type { UsageFields } from '../../model/usage.js';
import { priceBook } from './price-book.js';
import { LIST_VERSION, listText } from './price-list.data.js';

const AT = Date.UTC(2026, 10, 1, 12) * 1000;
const price = priceBook();

const NONE = { input: 10_000, output: 500 };
const READ = { input: 10_000, output: 500, cache_read: 8_000 };
const WRITTEN = { input: 10_000, output: 500, cache_write: 8_000 };

/**
 * US dollars per million tokens as the providers' price pages have them: input, output, cache read, cache write. Without a
 * price for a part, it costs what other input costs.
 */
const MODELS: [provider: string, model: string, input: number, output: number, read?: number, write?: number][] = [
  ['openai', 'gpt-4o', 2.5, 10, 1.25],
  ['openai', 'gpt-4o-mini', 0.15, 0.6, 0.075],
  ['openai', 'gpt-4.1', 2, 8, 0.5],
  ['openai', 'gpt-4.1-mini', 0.4, 1.6, 0.1],
  ['openai', 'gpt-4.1-nano', 0.1, 0.4, 0.025],
  ['openai', 'gpt-5', 1.25, 10, 0.125],
  ['openai', 'gpt-5-mini', 0.25, 2, 0.025],
  ['openai', 'gpt-5-mini-2025-08-07', 0.25, 2, 0.025],
  ['openai', 'gpt-5-nano', 0.05, 0.4, 0.005],
  ['openai', 'gpt-5.1', 1.25, 10, 0.125],
  ['openai', 'o4-mini', 1.1, 4.4, 0.275],
  ['anthropic', 'claude-sonnet-4-5', 3, 15, 0.3, 3.75],
  ['anthropic', 'claude-sonnet-4-20250514', 3, 15, 0.3, 3.75],
  ['anthropic', 'claude-opus-4-5', 5, 25, 0.5, 6.25],
  ['anthropic', 'claude-haiku-4-5', 1, 5, 0.1, 1.25],
  ['anthropic', 'claude-3-5-haiku-latest', 0.8, 4, 0.08, 1],
  ['gcp.gemini', 'gemini-2.5-flash', 0.3, 2.5, 0.03],
  ['gcp.gemini', 'gemini-2.5-pro', 1.25, 10, 0.125],
  ['gcp.gemini', 'models/gemini-2.5-flash-lite', 0.1, 0.4, 0.01],
  ['groq', 'llama-3.3-70b-versatile', 0.59, 0.79],
  ['mistral_ai', 'codestral-latest', 0.3, 0.9],
];

describe('the kept list', () => {
  it.each(MODELS)('has the price of %s %s', (provider, model, input, output, read = input, write = input) => {
    // 10,000 tokens at a dollar per million are ten million billionths of a dollar.
    const nano = (tokens: number, usd: number): number => Math.round(tokens * usd * 1_000);
    const cost = (usage: UsageFields): number | undefined => price({ provider, model, ...usage }, AT)?.nano;
    expect(cost(NONE)).toBe(nano(10_000, input) + nano(500, output));
    expect(cost(READ)).toBe(nano(2_000, input) + nano(8_000, read) + nano(500, output));
    expect(cost(WRITTEN)).toBe(nano(2_000, input) + nano(8_000, write) + nano(500, output));
  });

  it('says which version of the list was used', () =>
    expect(price({ provider: 'openai', model: 'gpt-5', ...NONE }, AT)?.source).toBe(`list ${LIST_VERSION}`));

  it('has the higher price of an hour in the cache', () =>
    expect(
      price({ provider: 'anthropic', model: 'claude-sonnet-4-5', ...WRITTEN, cache_write_1h: 8_000 }, AT)?.nano,
    ).toBe(2_000 * 3_000 + 8_000 * 6_000 + 500 * 15_000));

  it('has the higher price of a long prompt', () =>
    expect(price({ provider: 'google', model: 'gemini-2.5-pro', input: 300_000, output: 100 }, AT)?.nano).toBe(
      300_000 * 2_500 + 100 * 15_000,
    ));

  it.each([
    ['aws.bedrock', 'anthropic.claude-3-5-sonnet-20241022-v2:0', 3, 15],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-20250514-v1:0', 3, 15],
    ['aws.bedrock', 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 0.25, 1.25],
    ['azure.ai.openai', 'gpt-4o-2024-08-06', 2.5, 10],
    ['gcp.vertex_ai', 'claude-sonnet-4@20250514', 3, 15],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', 0.3, 2.5],
    ['openrouter', 'openai/gpt-4o-mini', 0.15, 0.6],
    [undefined, 'openai/gpt-4o-mini', 0.15, 0.6],
    [undefined, 'anthropic/claude-sonnet-4-5', 3, 15],
    [undefined, 'gpt-5-mini', 0.25, 2],
    ['openai.responses', 'gpt-5-mini', 0.25, 2],
    ['google.generative-ai', 'gemini-2.5-flash', 0.3, 2.5],
    ['xai.chat', 'grok-3', 3, 15],
  ])('knows %s %s', (provider, model, input, output) =>
    expect(price({ provider, model, ...NONE }, AT)?.nano).toBe(Math.round(10_000 * input * 1e3 + 500 * output * 1e3)),
  );

  it.each([
    ['a model of one’s own', { provider: 'ollama', model: 'my-local' }],
    ['a known name at a provider that is not known', { provider: 'ollama', model: 'gpt-4o' }],
    ['a new model', { provider: 'openai', model: 'zeta-9' }],
    ['no model', { provider: 'openai' }],
    ['a model and no provider', { model: 'my-local' }],
  ])('does not know %s', (_what, call) => expect(price({ ...call, ...NONE }, AT)).toBeUndefined());

  it.each([
    ['no counts', {}],
    ['a total alone', { total: 5 }],
    ['no output', { input: 5 }],
    ['no input', { output: 5 }],
  ])('is not used with %s', (_what, counts) =>
    expect(price({ provider: 'openai', model: 'gpt-5', ...counts }, AT)).toBeUndefined(),
  );

  it.each([
    ['a gateway', 'llm.acme.example', 'gpt-5-mini', 'openai'],
    ['a gateway on a port', '127.0.0.1:4000', 'claude-sonnet-4-5', 'anthropic'],
  ])('has the price of the maker for %s that answers for its model', (_what, provider, model, maker) =>
    expect(price({ provider, model, ...NONE }, AT)).toEqual(price({ provider: maker, model, ...NONE }, AT)),
  );

  it.each([
    ['open weights on a host of one’s own', 'llm.acme.example', 'llama-3.3-70b-versatile'],
    ['open weights of OpenAI', '127.0.0.1:11434', 'gpt-oss-20b'],
    ['a provider that is no host', 'acme', 'gpt-5-mini'],
    ['a model of nobody', 'llm.acme.example', 'acme-1'],
  ])('has none for %s', (_what, provider, model) => expect(price({ provider, model, ...NONE }, AT)).toBeUndefined());

  it('prices an embedding, which has no output', () =>
    expect(price({ provider: 'openai', model: 'text-embedding-3-small', input: 1_000, total: 1_000 }, AT)?.nano).toBe(
      20_000,
    ));

  it('is the one of the installed package, and gives its results', async () => {
    const providers = (await waitForUpdate())!;
    const kept = JSON.parse(listText()) as { id: string; models: { match: unknown }[] }[];
    expect(kept.map(({ id, models }) => [id, models.map(({ match }) => match)])).toEqual(
      providers.map(({ id, models }) => [id, models.map(({ match }) => match)]),
    );
    // The names that the rules have are names of models.
    const names = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, child] of Object.entries(value)) {
        if (typeof child === 'string' && key !== 'regex') names.add(child);
        else collect(child);
      }
    };
    let compared = 0;
    for (const { id, models } of kept.filter((each) => !each.id.startsWith('huggingface'))) {
      names.clear();
      collect(models);
      for (const model of names) {
        for (const usage of [NONE, READ, WRITTEN, { input: 250_000, output: 9 }]) {
          const own = price({ provider: id, model, ...usage }, AT);
          if (!own) continue;
          const { input, output, cache_read: read = 0, cache_write: write = 0 } = { ...usage } as Required<UsageFields>;
          const tokens = {
            input_tokens: input,
            output_tokens: output,
            cache_read_tokens: read,
            cache_write_tokens: write,
          };
          const provider = findProvider({ providerId: id });
          const theirs = calcPrice(tokens, model, { provider, timestamp: new Date(AT / 1000) });
          expect([id, model, own.nano / 1e9]).toEqual([id, model, expect.closeTo(theirs!.total_price, 9)]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(4_000);
  });
});

describe('prices of the application and of the provider', () => {
  const own = priceBook({
    'gpt-5': { input: 1, output: 2, cacheRead: 0.5 },
    'gpt-5*': { input: 7, output: 7 },
    'azure/*': { input: 3, output: 3 },
    free: { input: 0, output: 0 },
  });
  const nano = (call: UsageFields): number | undefined => own(call, AT)?.nano;

  it('come in this order: table, report, list', () => {
    const call = { provider: 'openai', model: 'gpt-5', ...READ };
    expect(own({ ...call, cost_usd: 9 }, AT)).toEqual({
      nano: 2_000 * 1_000 + 8_000 * 500 + 500 * 2_000,
      source: 'table',
    });
    expect(price({ ...call, cost_usd: 9 }, AT)).toEqual({ nano: 9e9, source: 'provider' });
    expect(price(call, AT)?.source).toBe(`list ${LIST_VERSION}`);
  });

  it('hold for the versions of a model, then by pattern', () => {
    expect(nano({ model: 'gpt-5-2025-08-07', input: 1, output: 0 })).toBe(1_000);
    expect(nano({ model: 'gpt-5-latest', input: 1, output: 0 })).toBe(1_000);
    expect(nano({ model: 'gpt-5-mini', input: 1, output: 0 })).toBe(7_000);
    expect(nano({ provider: 'azure', model: 'my-deployment', input: 1, output: 0 })).toBe(3_000);
  });

  it('may be 0, which is not the same as unknown', () => {
    expect(own({ model: 'free', ...NONE }, AT)).toEqual({ nano: 0, source: 'table' });
    expect(own({ model: 'constructor', ...NONE }, AT)).toBeUndefined();
  });

  it('are exact in billionths of a dollar', () => {
    const exact = priceBook({ m: { input: 0.000001, output: 123_456.789012 } });
    expect(exact({ model: 'm', input: 1_000_000, output: 1 }, AT)?.nano).toBe(Math.round(1_000 + 123_456_789.012));
  });
});
