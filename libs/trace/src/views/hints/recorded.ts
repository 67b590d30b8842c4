import { EVENT } from '../../model/vocabulary.js';
import type { TraceRecord } from '../../model/record.js';
import type { AssembledTrace } from '../trace/assemble.js';

/** Ends a hint about a missing reply in a storage that never had one: the application may send replies unseen. */
export const HOW_TO_RECORD_REPLIES = '; record replies with traceReply()';

/** Events that capture writes by itself: they say nothing about what the application traced. */
const CAPTURE_EVENTS: ReadonlySet<string> = new Set([
  EVENT.controlFlow,
  EVENT.handlerCancelled,
  EVENT.edited,
  EVENT.messageRejected,
  EVENT.sseClosed,
  EVENT.uncaughtException,
  EVENT.unhandledRejection,
]);

/** Whether a record shows something inside the handler: a span, an event of the application, a reply, a log. */
export function isInside(record: TraceRecord): boolean {
  return record.kind === 'span' || (record.kind === 'event' && !CAPTURE_EVENTS.has(record.type));
}

/** Whether the trace has a point event of this type. */
export function hasPoint({ events }: AssembledTrace, type: string): boolean {
  return events.some(({ dto, span }) => dto.type === type && !span);
}
