import type { SpanId, TraceKey } from '../model/record.js';
import type { SpanType } from '../model/status.js';

/** What `currentTrace()` answers. */
export interface TraceContext {
  readonly traceId: string;
  readonly contactId: string;
  /** The innermost open span; the trace's own root when none is open. */
  readonly spanId: SpanId;
  /** W3C Trace Context, version 00: give it to whoever you call. */
  readonly traceparent: string;
}

/** A small JSON-safe object to put into a queue job; `runInTrace(carrier, fn)` takes the work up again. */
export interface TraceCarrier {
  traceparent: string;
  trace_id: string;
  contact_id: string;
}

/** How a trace begins when no webhook opens it. */
export interface TraceStart {
  contactId?: string;
  message?: string;
  /** A word for lists: `cron`, `queue`, … */
  type?: string;
}

/**
 * What AsyncLocalStorage holds: ids only. Timers and promises keep this object alive, and 10,000 of them held 87 MB
 * when it carried the trace itself.
 */
export interface TraceRef {
  readonly recorder: TraceRecorder;
  readonly key: TraceKey;
  readonly span?: SpanId;
}

export interface SpanStart {
  name: string;
  kind: SpanType;
  /** Not a thunk: what the caller chose to record, or `NOTHING`. */
  input: unknown;
}

/**
 * Stands for "record no value", which `undefined` (a value methods return) cannot. From the global symbol registry, since
 * two copies of the package in one process share a trace and hand it to each other's recorder.
 */
export const NOTHING: unique symbol = Symbol.for('nestjs-trace-collector.nothing');

/** How a span ended. `output` beside an error or a cancellation is what a stream had answered until then. */
export type SpanOutcome = (
  | { readonly kind: 'ok'; readonly output: unknown }
  | { readonly kind: 'error'; readonly error: unknown; readonly output?: unknown }
  | { readonly kind: 'cancelled'; readonly output?: unknown }
) & {
  /** Tokens, as the last parts of a stream counted them, under the provider's names. */
  readonly usage?: unknown;
};

/** What is known of an error beside itself. */
export interface ErrorAbout {
  /** Class name of the guard that refused. */
  readonly guard?: string;
  /** Found in the response itself: it was not thrown after it. */
  readonly inResponse?: true;
}

/** An open span. */
export interface SpanHandle {
  /** The context its work runs in. */
  readonly ref: TraceRef;
  /** Ends it; a second call does nothing. */
  end(outcome: SpanOutcome): void;
}

/**
 * The port through which user-facing calls reach capture. No method throws, whatever it is given; every one takes the
 * ref of the trace it is about, so nothing here reads AsyncLocalStorage.
 */
export interface TraceRecorder {
  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void;
  error(ref: TraceRef, location: string, error: unknown, context?: unknown, about?: ErrorAbout): void;
  /** `undefined`: the trace takes no more spans (its event limit is reached); run the work unrecorded. */
  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined;
  /** A new trace, or the carrier's continued (still active in this process) or linked (everywhere else). */
  startTrace(start: TraceStart | TraceCarrier): TraceRef;
  /** Whose trace it is, told late. Missing in recorders of copies of this package that do not know it yet. */
  contact?(ref: TraceRef, contactId: string): void;
  /** The trace's own end may come once `fn`'s work is done: `runInTrace` holds it open with this. */
  hold(ref: TraceRef): () => void;
  contextOf(ref: TraceRef): TraceContext | undefined;
  carrierOf(ref: TraceRef): TraceCarrier | undefined;
  /** A hook of ours failed; counted in health's `self_errors`, never thrown. */
  internalError(where: string, error: unknown): void;
}

/**
 * Reports a failure of ours to the recorder. Recorders do not throw, but a defect in one must not become the
 * application's, so what the report itself throws is swallowed.
 */
export function reportInternalError(recorder: TraceRecorder, where: string, error: unknown): void {
  try {
    recorder.internalError(where, error);
  } catch {
    // The failure cannot be counted.
  }
}
