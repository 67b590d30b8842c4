import { EVENT } from '../../model/vocabulary.js';
import { reportInternalError, type TraceCarrier, type TraceContext } from '../recorder.js';
import { currentRef } from '../trace-context.js';
import type { TraceEventData, TraceEventType } from './trace-events.js';

/** Options of `traceEvent`. */
export interface TraceEventOptions {
  /** Duration in milliseconds, if the caller measured it. One that is negative or not finite is left out. */
  durationMs?: number;
}

/** Options of `traceRoute`. */
export interface TraceRouteOptions {
  /** Why this agent was chosen. */
  reason?: string;
  /** The agents that could have been chosen. */
  candidates?: readonly unknown[];
}

/** Options of `traceReply`. */
export interface TraceReplyOptions {
  /** Name of the channel, such as `whatsapp` or `sms`. */
  channel?: string;
  /** The channel's id of the message. A failed delivery finds the trace by it. */
  messageId?: string;
}

/**
 * Records an event. `data` is copied, truncated to the limits and redacted before this function returns, so the caller may
 * change it afterwards. Does nothing outside a trace. Never throws.
 *
 * @param type name of the event; the built-in ones have a line of their own in the timeline (see the README)
 * @param data any value; for the types that `TraceEvents` declares, a value of that type
 * @example
 * traceEvent('intelligence_analysis', { lead_score: 8, suggested_agent: 'sofia' });
 * traceEvent('crm_synced', { contact: lead.id }, { durationMs: 120 });
 */
export function traceEvent<T extends TraceEventType>(
  type: T,
  data?: TraceEventData<T>,
  options?: TraceEventOptions,
): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const durationMs = options?.durationMs;
    const measured = typeof durationMs === 'number' && Number.isFinite(durationMs) && durationMs >= 0;
    ref.recorder.event(ref, textOf(type, 'event'), data, measured ? { durationMs } : undefined);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceEvent', error);
  }
}

/**
 * Records an error that the caller has caught, with its cause chain and stack. An error that leaves a traced method is
 * recorded without this call, and the same error object is recorded once. Does nothing outside a trace. Never throws.
 *
 * @param location where it happened, in words for people: `check_calendar`
 * @param context data that helps to understand the error, such as the state
 * @example
 * try {
 *   await calendar.book(slot);
 * } catch (error) {
 *   traceError('check_calendar', error, { slot });
 * }
 */
export function traceError(location: string, error: unknown, context?: unknown): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    ref.recorder.error(ref, textOf(location, 'unknown'), error, context);
  } catch (failure) {
    reportInternalError(ref.recorder, 'traceError', failure);
  }
}

/**
 * Records that one agent hands the conversation over to another: the event `agent_routing`. Does nothing outside a trace.
 *
 * @example
 * traceRoute('supervisor', 'sofia', { reason: 'asks for a price', candidates: ['maria', 'sofia'] });
 */
export function traceRoute(from: string, to: string, options?: TraceRouteOptions): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const data: Record<string, unknown> = { from: textOf(from, 'unknown'), to: textOf(to, 'unknown') };
    if (options?.reason !== undefined) data.reason = options.reason;
    if (options?.candidates !== undefined) data.candidates = options.candidates;
    ref.recorder.event(ref, EVENT.routing, data);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceRoute', error);
  }
}

/**
 * Records a reply to the contact: the event `message_sent`. Does nothing outside a trace.
 *
 * @example
 * traceReply(text, { channel: 'whatsapp', messageId: sent.id });
 */
export function traceReply(message: string, options?: TraceReplyOptions): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const data: Record<string, unknown> = { message };
    if (options?.channel !== undefined) data.channel = options.channel;
    if (options?.messageId !== undefined) data.message_id = options.messageId;
    ref.recorder.event(ref, EVENT.sent, data);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceReply', error);
  }
}

/**
 * Sets the contact of this trace, for applications that find it by a look-up: a phone number becomes a customer. Lists,
 * filters and erasure use this contact from now on, and also the one of the webhook, if it had one. The `trace_id` does not
 * change once the request is identified, because `x-trace-id`, a log or a carrier may have it already.
 *
 * @param contactId text or a number; any other value, and the empty text, is ignored
 * @example
 * traceContact(customer.id);
 */
export function traceContact(contactId: string | number): void {
  const ref = currentRef();
  if (ref === undefined) return;
  const contact = textOf(contactId, '');
  if (contact === '') return;
  try {
    ref.recorder.contact?.(ref, contact);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceContact', error);
  }
}

/**
 * Returns the trace in which this code runs, and the span that is open; `undefined` outside a trace.
 *
 * @example
 * logger.log(`Booked ${slot} in ${currentTrace()?.traceId}`);
 */
export function currentTrace(): TraceContext | undefined {
  const ref = currentRef();
  if (ref === undefined) return undefined;
  try {
    return ref.recorder.contextOf(ref);
  } catch (error) {
    reportInternalError(ref.recorder, 'currentTrace', error);
    return undefined;
  }
}

/**
 * Returns a small object for a queue job, with which `runInTrace(carrier, fn)` continues this trace; `undefined` outside a
 * trace.
 *
 * @example
 * await queue.add('follow-up', { lead, trace: traceCarrier() });
 */
export function traceCarrier(): TraceCarrier | undefined {
  const ref = currentRef();
  if (ref === undefined) return undefined;
  try {
    return ref.recorder.carrierOf(ref);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceCarrier', error);
    return undefined;
  }
}

/** An argument as text. Objects give the fallback, because their `toString` is user code. */
function textOf(value: unknown, fallback: string): string {
  if (typeof value === 'string') return value === '' ? fallback : value;
  if (value === null || value === undefined || typeof value === 'object' || typeof value === 'function')
    return fallback;
  return String(value);
}
