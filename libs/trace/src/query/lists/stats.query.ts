import type { StatsResponse } from '../../contract/responses.js';
import type { TimeRange } from '../../contract/trace-queries.js';
import type { TraceSample } from '../../model/trace.js';
import { partsOf, periodBefore, statsPart } from '../../views/stats/over-time.js';
import { stats } from '../../views/stats/stats.js';
import { capability } from '../capabilities.js';
import type { QueryContext } from '../query-context.js';
import { resolveRange, type MicrosRange } from '../search/time-range.js';

/** Numbers of a range, in all and over time, where the store has them beside the period before. */
export async function queryStats(context: QueryContext, given: TimeRange): Promise<StatsResponse> {
  const range = resolveRange(given, context);
  const sample = await capability(context.store, 'stats').sample(range);
  return { ...stats(sample, range), ...(await overTime(context, sample, range)) };
}

async function overTime(
  { store, now }: QueryContext,
  { buckets }: TraceSample,
  range: MicrosRange,
): Promise<Pick<StatsResponse, 'over_time' | 'previous'>> {
  const { since, until = now } = range;
  const ranges = partsOf(buckets, range);
  const before = since === undefined ? undefined : periodBefore({ since: Math.ceil(since), until: Math.floor(until) });
  const wanted = before ? [before, ...ranges] : ranges;
  const found = wanted.length === 0 ? [] : await store.stats?.parts?.(wanted);
  if (!found) return {};
  const parts = wanted.map((each, i) => statsPart(each, found[i]!));
  return before ? { over_time: parts.slice(1), previous: parts[0]! } : { over_time: parts };
}
