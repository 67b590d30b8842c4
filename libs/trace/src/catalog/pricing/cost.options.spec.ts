import { resolveCost } from './cost.options.js';

test('prices are optional', () => {
  expect(resolveCost(undefined)).toEqual({ prices: {} });
  const prices = { 'gpt-5': { input: 1, output: 0, cacheRead: 0.1, cacheWrite: 2 } };
  expect(resolveCost({ prices })).toEqual({ prices });
});

test.each([
  [{ price: {} }, 'Did you mean `cost.prices`?'],
  [{ prices: [] }, '`cost.prices` is []'],
  [{ prices: { m: 3 } }, "`cost.prices['m']` is 3"],
  [{ prices: { m: { input: 1 } } }, "`cost.prices['m'].output` is undefined"],
  [{ prices: { m: { input: -1, output: 1 } } }, "`cost.prices['m'].input` is -1"],
  [{ prices: { m: { input: Number.NaN, output: 1 } } }, "`cost.prices['m'].input` is NaN"],
  [{ prices: { m: { input: 1, output: 1, cache: 1 } } }, "Did you mean `cost.prices['m'].cacheRead`?"],
])('%j is refused', (options, message) => expect(() => resolveCost(options as never)).toThrow(message));
