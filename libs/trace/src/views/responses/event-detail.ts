import type { EventDetailResponse } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { errorSeqs, receivedSeq } from './elide-values.js';

/** One event of a trace with its error or the webhook's body; `undefined` where no event has this `seq`. */
export function eventDetail(trace: AssembledTrace, seq: number): EventDetailResponse | undefined {
  const events = trace.events.map(({ dto }) => dto);
  const event = events.find((each) => each.seq === seq);
  if (!event) return undefined;
  const error = trace.errors[errorSeqs(events).indexOf(seq)]?.dto;
  return {
    trace_id: trace.head.traceId,
    event,
    ...(error && { error }),
    ...(receivedSeq(events) === seq && { webhook: { body: trace.identify?.body ?? null } }),
  };
}
