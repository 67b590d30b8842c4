import type { Micros } from './record.js';
import type { UsageFields } from './usage.js';

/** Cost of a model call. */
export interface Price {
  /** Billionths of a US dollar. */
  nano: number;
  /** Where the price comes from: `table` (the application's own), `provider` (its report), `list 0.1.8` (the kept list). */
  source: string;
}

/** The cost of a call at a time; `undefined`: not known, which is not 0. */
export type PriceOf = (usage: UsageFields, at: Micros) => Price | undefined;

/** Prices of a model in US dollars per million tokens. */
export interface ModelPrices {
  /** Input that is neither read from nor written to a cache. */
  input: number;
  output: number;
  /** Default: `input`. */
  cacheRead?: number;
  /** Default: `input`. */
  cacheWrite?: number;
}

/** Prices by model. A key is a model's name, or has `*` for any text: `gpt-5*`, `azure/*`. */
export type PriceTable = Readonly<Record<string, ModelPrices>>;
