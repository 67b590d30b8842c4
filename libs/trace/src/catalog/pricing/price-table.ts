import type { ModelPrices, PriceTable } from '../../model/price.js';
import type { ListedPrices } from './listed-prices.js';

/** What follows a model's name where a provider answers with a dated version of it: `-2025-08-07`, `@20250929`, `-latest`. */
const VERSION = /^[-@:](?:v?\d[\d.:-]*|latest)$/;

/** The application's own prices, found by the model's name, or by `provider/name`. */
export class PriceTableRules {
  private readonly exact = new Map<string, ListedPrices>();
  /** The longest key first: it says most. */
  private readonly patterns: { pattern: RegExp; prices: ListedPrices }[];

  constructor(table: PriceTable) {
    const patterns: [string, ListedPrices][] = [];
    for (const [key, prices] of Object.entries(table)) {
      if (key.includes('*')) patterns.push([key, listed(prices)]);
      else this.exact.set(key, listed(prices));
    }
    this.patterns = patterns
      .toSorted(([a], [b]) => b.length - a.length)
      .map(([key, prices]) => ({ pattern: patternOf(key), prices }));
  }

  find(provider: string | undefined, model: string): ListedPrices | undefined {
    const names = provider === undefined ? [model] : [`${provider}/${model}`, model];
    for (const name of names) {
      const prices = this.exact.get(name) ?? this.ofVersion(name);
      if (prices) return prices;
    }
    return this.patterns.find(({ pattern }) => names.some((name) => pattern.test(name)))?.prices;
  }

  private ofVersion(name: string): ListedPrices | undefined {
    let longest = '';
    for (const key of this.exact.keys()) {
      if (key.length > longest.length && name.startsWith(key) && VERSION.test(name.slice(key.length))) longest = key;
    }
    return this.exact.get(longest);
  }
}

function listed({ input, output, cacheRead, cacheWrite }: ModelPrices): ListedPrices {
  return {
    input_mtok: input,
    output_mtok: output,
    ...(cacheRead !== undefined && { cache_read_mtok: cacheRead }),
    ...(cacheWrite !== undefined && { cache_write_mtok: cacheWrite }),
  };
}

function patternOf(key: string): RegExp {
  const parts = key.split(/\*+/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
