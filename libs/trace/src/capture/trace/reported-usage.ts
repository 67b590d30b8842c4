import { types } from 'node:util';
import { normaliseUsage, type UsageFields } from '../../model/usage.js';
import { ownData } from '../../serialize/serializer.js';

/** Our fields, under the names that `traceUsage` has for them and under their own. */
const COUNTS = {
  input: ['input'],
  output: ['output'],
  cache_read: ['cacheRead', 'cache_read'],
  cache_write: ['cacheWrite', 'cache_write'],
  reasoning: ['reasoning'],
  total: ['total'],
  cost_usd: ['costUsd', 'cost_usd'],
} as const;
type Count = keyof typeof COUNTS;
const NAMES = Object.keys(COUNTS) as Count[];
const TEXTS = ['model', 'provider'] as const;

/** Tokens that the application reports, under our names or its provider's; `undefined`: none was found. Runs no getter. */
export function reportedUsage(given: unknown): UsageFields | undefined {
  if (typeof given !== 'object' || given === null || types.isProxy(given)) return undefined;
  const own: UsageFields = {};
  for (const name of NAMES) {
    for (const key of COUNTS[name]) {
      const count = ownData(given, key);
      if (typeof count === 'number' && Number.isFinite(count) && count >= 0) own[name] = count;
    }
  }
  const usage = Object.keys(own).length > 0 ? own : normaliseUsage(given);
  if (usage === undefined) return undefined;
  for (const name of TEXTS) {
    const text = ownData(given, name);
    if (typeof text === 'string' && text !== '') usage[name] = text;
  }
  return usage;
}

/** The sum of two reports about one span. Names are those of the later one. */
export function addUsage(before: UsageFields | undefined, more: UsageFields): UsageFields {
  const sum: UsageFields = { ...before, ...more };
  for (const name of NAMES) {
    const earlier = before?.[name];
    if (earlier !== undefined) sum[name] = earlier + (more[name] ?? 0);
  }
  return sum;
}
