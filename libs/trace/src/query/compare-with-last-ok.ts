import type { CompareResponse, FullTraceResponse } from '../contract/responses.js';
import { wentWell } from '../views/hints/hints.js';
import type { CompareQueries } from '../contract/trace-queries.js';

/**
 * The comparison that a report shows with a trace that did not go well: with the newest one that did. `undefined` for a
 * trace that runs or has no hints, and where there is no other trace or the comparison fails.
 */
export async function compareWithLastOk(
  queries: CompareQueries,
  { trace_id, status, debug_hints }: Pick<FullTraceResponse, 'trace_id' | 'status' | 'debug_hints'>,
): Promise<CompareResponse | undefined> {
  if (status === 'active' || wentWell({ status, debug_hints })) return undefined;
  try {
    return await queries.compare(trace_id, 'last-ok');
  } catch {
    return undefined;
  }
}
