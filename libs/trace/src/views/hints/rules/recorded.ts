import { EVENT } from '../../../model/vocabulary.js';
import type { TraceRecord } from '../../../model/record.js';
import type { AssembledTrace } from '../../trace/assemble.js';

/** End of a hint about a missing reply in a storage without any reply: capture may not see how the application sends them. */
export const HOW_TO_RECORD_REPLIES = "; record replies with traceReply(), or @TraceWebhook({ reply: 'response' })";

/** Events that capture records by itself. They do not show that the application traced anything. */
const CAPTURE_EVENTS: ReadonlySet<string> = new Set([
  EVENT.controlFlow,
  EVENT.handlerCancelled,
  EVENT.edited,
  EVENT.messageRejected,
  EVENT.sseClosed,
  EVENT.uncaughtException,
  EVENT.unhandledRejection,
]);

/** Whether a record is from inside the handler: a span, an event of the application, a reply or a log. */
export function isInside(record: TraceRecord): boolean {
  return record.kind === 'span' || (record.kind === 'event' && !CAPTURE_EVENTS.has(record.type));
}

/** Whether the trace has a point event of this type. */
export function hasPoint({ events }: AssembledTrace, type: string): boolean {
  return events.some(({ dto, span }) => dto.type === type && !span);
}
