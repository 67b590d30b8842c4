import { reportInternalError, type TraceCarrier, type TraceContext } from '../recorder.js';
import { currentRef } from '../trace-context.js';

export interface TraceEventOptions {
  /** Duration in milliseconds, if the caller measured it. A negative or non-finite value is left out. */
  durationMs?: number;
}

export interface TraceRouteOptions {
  reason?: string;
  /** The other agents that could have been chosen. */
  candidates?: readonly unknown[];
}

export interface TraceReplyOptions {
  /** `whatsapp`, `sms`, … */
  channel?: string;
  /** The id the channel gave the message. */
  messageId?: string;
}

/**
 * Records an event. `data` is copied, bounded and redacted before this returns, so it may be changed
 * afterwards. Does nothing outside a trace.
 */
export function traceEvent(type: string, data?: unknown, options?: TraceEventOptions): void {
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
 * Records an error with its cause chain and stack. Use it for errors that you catch: an error that leaves a traced method is
 * recorded without it. The same error object is recorded once.
 *
 * @param location name of the place where it happened: `check_calendar`
 * @param context data that explains the error, such as the state
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

/** Records that the conversation goes from one agent to another: the event `agent_routing`. */
export function traceRoute(from: string, to: string, options?: TraceRouteOptions): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const data: Record<string, unknown> = { from: textOf(from, 'unknown'), to: textOf(to, 'unknown') };
    if (options?.reason !== undefined) data.reason = options.reason;
    if (options?.candidates !== undefined) data.candidates = options.candidates;
    ref.recorder.event(ref, 'agent_routing', data);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceRoute', error);
  }
}

/** Records that the contact was answered: the event `message_sent`. */
export function traceReply(message: string, options?: TraceReplyOptions): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    const data: Record<string, unknown> = { message };
    if (options?.channel !== undefined) data.channel = options.channel;
    if (options?.messageId !== undefined) data.message_id = options.messageId;
    ref.recorder.event(ref, 'message_sent', data);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceReply', error);
  }
}

/**
 * Sets the contact of this trace, for a contact that only a look-up can find: a phone number became a customer. Lists,
 * filters and erase use this contact from now on, and still the one from the webhook, if it had one. The `trace_id` stays the
 * same once the request is identified: `x-trace-id`, a log or a carrier may contain it already.
 *
 * @param contactId text or a number; other values, and the empty text, are no contact and do nothing
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

/** The trace this code runs in, and the span that is open; `undefined` outside a trace. */
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

/** The carrier with which a queue job continues this trace by `runInTrace(carrier, fn)`; `undefined` outside a trace. */
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
