import type { CompareResponse, FullTraceResponse } from '../contract/responses.js';
import { ALL_IS_WELL, NOTHING_INSIDE } from '../views/hints/hints.js';
import type { CompareQueries } from '../contract/trace-queries.js';

/** Hints of a trace that went well. */
const FINE: readonly string[] = [ALL_IS_WELL, NOTHING_INSIDE];

/**
 * What a report shows beside a trace that did not go well: the newest one that did. Nothing for one that is running or
 * has nothing to hint at, and where there is none to compare with: a report is made without it rather than not at all.
 */
export async function compareWithLastOk(
  queries: CompareQueries,
  { trace_id, status, debug_hints }: Pick<FullTraceResponse, 'trace_id' | 'status' | 'debug_hints'>,
): Promise<CompareResponse | undefined> {
  if (status === 'active' || (status === 'completed' && debug_hints.every((hint) => FINE.includes(hint)))) {
    return undefined;
  }
  try {
    return await queries.compare(trace_id, 'last-ok');
  } catch {
    return undefined;
  }
}
