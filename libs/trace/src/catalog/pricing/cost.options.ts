import type { PriceTable } from '../../model/price.js';
import { badOption, objectOption } from '../../model/option-checks.js';

/** Cost of model calls. */
export interface CostOptions {
  /**
   * Prices in US dollars per million tokens, by model: `{ 'gpt-5-mini': { input: 0.25, output: 2, cacheRead: 0.025 } }`. A
   * key is a model's name (also for its dated versions), `provider/name`, or has `*` for any text. They come before the
   * cost that a provider reports, and before the kept list. Default: none.
   */
  prices?: PriceTable;
}

const NAMES = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;
const ALLOWED = '{ input, output, cacheRead?, cacheWrite? } in US dollars per million tokens, each from 0 to 1000000';

/** Validates the options. @throws TraceCollectorError `OPTION_INVALID` */
export function resolveCost(given: CostOptions | undefined): { prices: PriceTable } {
  const { prices } = objectOption('cost', given, ['prices']);
  if (prices === undefined) return { prices: {} };
  if (typeof prices !== 'object' || prices === null || Array.isArray(prices)) {
    throw badOption('cost.prices', prices, `an object of ${ALLOWED}, by model`);
  }
  const table: Record<string, PriceTable[string]> = {};
  for (const [model, entry] of Object.entries(prices)) {
    const name = `cost.prices['${model}']`;
    if (typeof entry !== 'object' || entry === null) throw badOption(name, entry, ALLOWED);
    const { input, output, cacheRead, cacheWrite } = objectOption(name, entry, NAMES);
    for (const [key, price] of Object.entries({ input, output, cacheRead, cacheWrite })) {
      if (price === undefined && key.startsWith('cache')) continue;
      if (typeof price !== 'number' || !(price >= 0 && price <= 1e6)) {
        throw badOption(`${name}.${key}`, price, 'US dollars per million tokens, a number from 0 to 1000000');
      }
    }
    table[model] = { input, output, cacheRead, cacheWrite };
  }
  return { prices: table };
}
