import { reportInternalError, type TraceCarrier, type TraceContext } from '../recorder.js';
import { currentRef } from '../trace-context.js';

export interface TraceEventOptions {
  /** How long it took, in milliseconds, when the caller measured it. Not finite or negative: left out. */
  durationMs?: number;
}

export interface TraceRouteOptions {
  reason?: string;
  /** Who else could have been chosen. */
  candidates?: readonly unknown[];
}

export interface TraceReplyOptions {
  /** `whatsapp`, `sms`, … */
  channel?: string;
  /** The id the channel gave the message. */
  messageId?: string;
}

/**
 * Records something that happened. `data` is copied, bounded and redacted before this returns, so it may be changed
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
 * Records an error with its cause chain and stack. For errors that are caught: one that leaves a traced method is
 * recorded by itself, and the same error object is recorded once.
 *
 * @param location where it happened, as people should read it: `check_calendar`
 * @param context what helps to understand it, such as the state
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
 * Says whose trace this is, where only a look-up tells: a phone number became a customer. Lists, filters and what is
 * erased go by this contact from now on, and still by the one the webhook named, if it named one. The `trace_id` stays as it
 * is once the request was identified: `x-trace-id`, a log or a carrier may have it already.
 *
 * @param contactId text or a number; anything else, and the empty text, is no contact and does nothing
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

/** What a queue job must carry so that `runInTrace(carrier, fn)` takes this trace up again; `undefined` outside a trace. */
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

/** A text argument, whatever was passed. Only strings and other primitives: an object's `toString` is user code. */
function textOf(value: unknown, fallback: string): string {
  if (typeof value === 'string') return value === '' ? fallback : value;
  if (value === null || value === undefined || typeof value === 'object' || typeof value === 'function')
    return fallback;
  return String(value);
}
