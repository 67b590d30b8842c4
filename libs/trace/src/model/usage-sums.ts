import type { UsageSums } from './trace.js';
import { totalTokens, type UsageFields } from './usage.js';

/** Sums over no calls. */
export function emptySums(): UsageSums {
  return {
    calls: 0,
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    total: 0,
    unknownTokens: 0,
    costNano: 0,
    unknownCost: 0,
  };
}

/** Names of the sums, in the order in which the catalog stores them. */
export const SUM_NAMES = Object.keys(emptySums()) as readonly (keyof UsageSums)[];

/**
 * Adds one record of usage to the sums, in place.
 *
 * @param costNano cost in billionths of a US dollar; `undefined`: not known
 */
export function addCall(sums: UsageSums, usage: UsageFields, costNano: number | undefined): void {
  const { calls = 1 } = usage;
  const total = totalTokens(usage);
  sums.calls += calls;
  sums.input += usage.input ?? 0;
  sums.output += usage.output ?? 0;
  sums.cacheRead += usage.cache_read ?? 0;
  sums.cacheWrite += usage.cache_write ?? 0;
  sums.reasoning += usage.reasoning ?? 0;
  sums.total += total ?? 0;
  sums.costNano += costNano ?? 0;
  if (usage.refused) return;
  if (total === undefined) sums.unknownTokens += calls;
  if (costNano === undefined) sums.unknownCost += calls;
}

/** Adds sums to `into`, in place. @param sign -1 subtracts them */
export function addSums(into: UsageSums, more: UsageSums, sign: 1 | -1 = 1): void {
  for (const name of SUM_NAMES) into[name] += sign * more[name];
}

/** Whether the sums are those of no calls. */
export function areEmpty(sums: UsageSums): boolean {
  return SUM_NAMES.every((name) => sums[name] === 0);
}
