import type { Micros } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { TraceSearch } from '../../model/trace-search.js';
import type { WindowQueries } from './rule.js';

/** Lists are by the begin of traces. A trace that began longer before the window is not found. */
const LONGEST_MS = 3_600_000;
const LIMIT = 500;

/** Traces that ended in the window, by their begin, newest first, at most 500. */
export async function endedSince(
  store: WindowQueries,
  filter: Omit<TraceSearch, 'limit' | 'since'>,
  now: Micros,
  windowMs: number,
): Promise<TraceHead[]> {
  const from = now - windowMs * 1_000;
  const { heads } = await store.list({ ...filter, since: from - LONGEST_MS * 1_000, limit: LIMIT });
  return heads.filter(({ endedAt }) => endedAt !== null && endedAt >= from);
}
