import type { ComparedTrace, CompareResponse } from '../../contract/responses.js';
import type { TraceHead } from '../../model/trace.js';
import { compareTraces } from '../../views/compare/compare.js';
import { wentWell } from '../../views/hints/hints.js';
import { durationMs, startedIso } from '../../views/trace/list-item.js';
import { findTrace } from './find-trace.js';
import { findCandidates, findLastOk, type Unflagged } from './last-ok.js';
import type { QueryContext } from '../query-context.js';
import { showTraces } from './show-trace.js';

/** @param b a trace id, a prefix that only one id has, or `last-ok`. */
export async function queryCompare(context: QueryContext, a: string, b: string): Promise<CompareResponse> {
  const first = await findTrace(context, a);
  const unflagged: Unflagged = async (traces) => (await showTraces(context, traces)).map(wentWell);
  const { stored, chosenBy } =
    b === 'last-ok'
      ? await findLastOk(context.store, first, unflagged)
      : { stored: await findTrace(context, b), chosenBy: undefined };
  const candidates = await findCandidates(context.store, first.head, stored.head);
  const [shownFirst, shownSecond] = await showTraces(context, [first, stored]);
  return {
    ...compareTraces(shownFirst!, shownSecond!, chosenBy),
    ...(candidates.length > 0 && { candidates: candidates.map((head) => comparedTrace(head, context.now)) }),
  };
}

function comparedTrace(head: TraceHead, now: number): ComparedTrace {
  return {
    trace_id: head.traceId,
    contact_id: head.contactId,
    status: head.status,
    started_at: startedIso(head),
    duration_ms: durationMs(head, now),
    webhook_message: head.message,
  };
}
