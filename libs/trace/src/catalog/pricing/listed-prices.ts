import type { Micros } from '../../model/record.js';
import type { UsageFields } from '../../model/usage.js';

/** A price in US dollars, or one that is higher for a call with more than `start` input tokens. */
export type ListedPrice = number | { base: number; tiers: { start: number; price: number }[] };

/** Prices of a model, in US dollars per million tokens and per thousand requests. */
export interface ListedPrices {
  input_mtok?: ListedPrice;
  output_mtok?: ListedPrice;
  cache_read_mtok?: ListedPrice;
  cache_write_mtok?: ListedPrice;
  cache_write_1h_mtok?: ListedPrice;
  output_reasoning_mtok?: ListedPrice;
  requests_kcount?: ListedPrice;
}

/**
 * Cost of a call in billionths of a US dollar; `undefined`: the counts or the prices do not suffice. A part without a
 * price of its own costs what the whole costs. Exact to 1e-12 dollars before it is rounded: all sums are of integers.
 */
export function costNano(usage: UsageFields, prices: ListedPrices): number | undefined {
  const { input, output } = usage;
  if (prices.input_mtok === undefined && prices.output_mtok === undefined) return undefined;
  if (lacks(input, prices.input_mtok) || lacks(output, prices.output_mtok)) return undefined;
  if (input === undefined && output === undefined) return undefined;
  const { cache_read: read = 0, cache_write: written = 0, reasoning = 0 } = usage;
  const hour = Math.min(written, usage.cache_write_1h ?? 0);
  const whole = input ?? 0;
  const {
    input_mtok: inputPrice = 0,
    output_mtok: outputPrice = 0,
    cache_write_mtok: writePrice = inputPrice,
  } = prices;
  const rest = Math.max(0, whole - read - written);
  const answered = Math.max(0, (output ?? 0) - reasoning);
  const pico =
    rest * perToken(inputPrice, whole) +
    read * perToken(prices.cache_read_mtok ?? inputPrice, whole) +
    (written - hour) * perToken(writePrice, whole) +
    hour * perToken(prices.cache_write_1h_mtok ?? writePrice, whole) +
    answered * perToken(outputPrice, whole) +
    Math.min(reasoning, output ?? 0) * perToken(prices.output_reasoning_mtok ?? outputPrice, whole) +
    (usage.calls ?? 1) * perToken(prices.requests_kcount ?? 0, whole) * 1_000;
  return Math.round(pico / 1_000);
}

/** Microseconds of milliseconds. */
export function micros(ms: number): Micros {
  return ms * 1_000;
}

/** A count that is missing, and a price for which it is needed; or a count without a price. */
function lacks(count: number | undefined, price: ListedPrice | undefined): boolean {
  if (price === undefined) return (count ?? 0) > 0;
  return count === undefined && price !== 0;
}

/** Trillionths of a US dollar per token: an integer for prices of up to six decimals, which nearly all are. */
function perToken(price: ListedPrice, input: number): number {
  const usd = typeof price === 'number' ? price : inTier(price, input);
  const pico = Math.round(usd * 1e6);
  return Math.abs(usd * 1e6 - pico) < 1e-6 ? pico : usd * 1e6;
}

function inTier({ base, tiers }: Exclude<ListedPrice, number>, input: number): number {
  const reached = tiers.filter(({ start }) => input > start).toSorted((a, b) => b.start - a.start);
  return reached[0]?.price ?? base;
}
