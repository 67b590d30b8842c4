import type { CompareResponse, FullTraceResponse } from '../contract/responses.js';
import { ALL_IS_WELL, NOTHING_INSIDE } from '../views/hints/hints.js';
import type { CompareQueries } from '../contract/trace-queries.js';

/** Hints of a trace that went well. */
const FINE: readonly string[] = [ALL_IS_WELL, NOTHING_INSIDE];

/**
 * The comparison that a report shows with a trace that did not go well: with the newest one that did. `undefined` for a
 * trace that runs or has no hints, and where there is no other trace or the comparison fails.
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
