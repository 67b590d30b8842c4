import type { Examined } from '../../contract/responses.js';
import { isoMicros } from '../../model/trace-id.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { TraceReader } from '../../store/port.js';
import type { MicrosRange } from '../search/time-range.js';
import { MAX_LIMIT } from './list-traces.query.js';

/** Traces that one answer reads. Reading a trace's records takes about half a millisecond, a head a few microseconds. */
export const MAX_OPENED = 300;

/** Heads of the newest traces that fit, at most `most`. `complete`: there are no others. */
export async function newest(
  reader: TraceReader,
  filter: Omit<TraceConditions, 'q' | 'not'>,
  most: number,
): Promise<{ heads: TraceHead[]; complete: boolean }> {
  const heads: TraceHead[] = [];
  let before: string | undefined;
  while (heads.length < most) {
    const page = await reader.list({ ...filter, limit: Math.min(MAX_LIMIT, most - heads.length), before });
    heads.push(...page.heads);
    if (page.next === null) return { heads, complete: true };
    before = page.next;
  }
  return { heads, complete: false };
}

/** Traces that were deleted since they were listed are left out. */
export function read(reader: TraceReader, heads: readonly TraceHead[]): Promise<StoredTrace[]> {
  return reader.getMany(heads.map(({ traceId }) => traceId));
}

/** What an answer looked at. */
export function examined({ since, until }: MicrosRange, count: number, complete: boolean): Examined {
  return {
    since: since === undefined ? null : isoMicros(since),
    until: until === undefined ? null : isoMicros(until),
    examined: count,
    complete,
  };
}
