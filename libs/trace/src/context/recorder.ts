import type { AttributeValue, Attributes } from '../model/attributes.js';
import type { Micros, ResultShape, SpanId, TraceKey } from '../model/record.js';
import type { SpanType } from '../model/status.js';

/** Result of `currentTrace()`. */
export interface TraceContext {
  readonly traceId: string;
  readonly contactId: string;
  /** The innermost open span; the trace's own root when none is open. */
  readonly spanId: SpanId;
  /** W3C Trace Context, version 00: the header `traceparent` for outgoing calls. Its flags are the caller's. */
  readonly traceparent: string;
  /** The header `tracestate` of the request that began the trace. Absent: it had none. */
  readonly tracestate?: string;
  /** Its header `baggage`, without members that redaction hides. Absent: it had none. */
  readonly baggage?: string;
}

/** A small JSON-safe object for a queue job; `runInTrace(carrier, fn)` continues the trace. */
export interface TraceCarrier {
  traceparent: string;
  trace_id: string;
  contact_id: string;
  /** The caller's `tracestate`, where it sent one. */
  tracestate?: string;
  /** The caller's `baggage`, where it sent some, without members that redaction hides. */
  baggage?: string;
}

/** Fields of a trace that no webhook opens. */
export interface TraceStart {
  contactId?: string;
  message?: string;
  /** Type of the trace in lists: `cron`, `queue`, … Default `manual`. */
  type?: string;
}

/** A trace that began in another process. */
export interface RemoteStart extends TraceStart {
  /** W3C trace id of that process. */
  w3cTraceId: string;
  /** The span of another process that caused it. */
  parent?: SpanId;
  startedAt: Micros;
}

/**
 * What AsyncLocalStorage holds: ids only. Timers and promises keep this object alive, and 10,000 of them held 87 MB
 * when it carried the trace itself.
 */
export interface TraceRef {
  readonly recorder: TraceRecorder;
  readonly key: TraceKey;
  readonly span?: SpanId;
  /** Set inside `tracedFetch`: the call that is observed there, so the hooks at the wire leave it out. */
  readonly observed?: Pick<CallTarget, 'host' | 'path'>;
}

export interface SpanStart {
  name: string;
  kind: SpanType;
  /** The value to record, or `NOTHING`. */
  input: unknown;
  attributes?: Attributes;
  /** Attributes from the application, not yet redacted or bounded. */
  given?: unknown;
  /** When the work began, if that was earlier: wall time, and milliseconds of the monotonic clock. */
  began?: { readonly at: Micros; readonly mono: number };
  /** Id that another tracer gave the span. Left out: a new one. */
  id?: SpanId;
  /** The span around it, where that is not the ref's: another tracer says so. */
  parent?: SpanId;
  /**
   * Name and type are known only at the end, which gives them: the start is written then. A call at the wire inside it counts its
   * own tokens.
   */
  undecided?: true;
}

/**
 * Work that capture may record by itself: a call of this process over HTTP, an operation of the AI SDK that began in this very turn
 * of the event loop, a run of LangChain.
 */
export type CapturedWork = 'call' | 'ai' | 'langchain';

/**
 * Means "record no value", unlike `undefined`, which methods return. From the global symbol registry, because two copies of
 * the package in one process share a trace and pass this value to each other's recorder.
 */
export const NOTHING: unique symbol = Symbol.for('nestjs-trace-collector.nothing');

/** How a span ended. `output` beside an error or a cancellation is the part of a stream that was read before. */
export type SpanOutcome = (
  | { readonly kind: 'ok'; readonly output: unknown }
  | { readonly kind: 'error'; readonly error: unknown; readonly output?: unknown }
  | { readonly kind: 'cancelled'; readonly output?: unknown }
) & {
  /** The value to record as the input, where it is known only now. Left out: that of the start stays. */
  readonly input?: unknown;
  /** Token counts, under the provider's names or ours. Left out: those in `output` count for an `llm` span. */
  readonly usage?: unknown;
  readonly attributes?: Attributes;
  /** Attributes from outside, not yet redacted or bounded. */
  readonly given?: unknown;
  /** Name and type of a span that was `undecided`. */
  readonly decided?: { readonly name: string; readonly kind: SpanType };
  /** When the work ended, if that was earlier: wall time, and milliseconds of the monotonic clock. */
  readonly ended?: { readonly at: Micros; readonly mono: number };
  /** The failure is a response or a transport error that the application may have handled: no `error` record. */
  readonly quiet?: true;
  /** Left out: `value`. */
  readonly shape?: ResultShape;
};

/** Facts about an error besides the error itself. */
export interface ErrorAbout {
  /** Class name of the guard that rejected the request. */
  readonly guard?: string;
  /** Found in the response itself: it was not thrown after it. */
  readonly inResponse?: true;
}

/** Where an outgoing call goes. */
export interface CallTarget {
  readonly method: string;
  /** Lower case, with the port where that is not the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly secure: boolean;
  /** Request headers with lower-case names, as far as they are known when the call begins. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Adds a header to the request, while `TraceRecorder.call` runs and not later.
   * @returns `false`: the headers are sent already, or the request has one of that name, which stays
   */
  setHeader?(name: string, value: string): boolean;
}

/**
 * Receives what passes on an outgoing call. No method throws, keeps a chunk that may change, or returns anything that the
 * call depends on.
 */
export interface CallObserver {
  /** Request headers that were added later. */
  requestHeaders(headers: Readonly<Record<string, string>>): void;
  /** Bytes of the request's body, in order. */
  sent(chunk: Uint8Array | string): void;
  /** The request's body is out. */
  sentAll(): void;
  responded(status: number, headers: Readonly<Record<string, string>>): void;
  /** Bytes of the response's body as received, in order. */
  received(chunk: Uint8Array): void;
  /** The response is whole. */
  finished(): void;
  /** The call broke. */
  failed(error: unknown): void;
  /** The application aborted the call, or left the response before its end. */
  left(): void;
}

/** Where a log line was written. */
export type LogSource = 'nest' | 'pino' | 'console';

/** One line of a log. */
export interface LogLine {
  /** Name of the logger: Nest's context, pino's `name`. */
  readonly context?: string;
  readonly message: unknown;
  /** The error that was logged with it. */
  readonly error?: unknown;
  /** A stack that the caller gave as text. */
  readonly stack?: string;
  /** Further fields. */
  readonly data?: unknown;
}

/** An open span. */
export interface SpanHandle {
  /** The context its work runs in. */
  readonly ref: TraceRef;
  /** Ends it; a second call does nothing. */
  end(outcome: SpanOutcome): void;
  /** Adds attributes, which are written with the end. Missing in handles of older copies, as is the next. */
  set?(attributes: Attributes): void;
  /** Adds tokens to those that the end records. */
  usage?(usage: unknown): void;
  /** The span no longer keeps the trace open; it may still end. Missing in recorders of older copies. */
  release?(): void;
}

/**
 * The port from public functions to capture. No method throws. Each takes the ref of a trace, so nothing here reads
 * AsyncLocalStorage.
 */
export interface TraceRecorder {
  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void;
  error(ref: TraceRef, location: string, error: unknown, context?: unknown, about?: ErrorAbout): void;
  /** `undefined`: the trace takes no more spans (its event limit is reached); run the work unrecorded. */
  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined;
  /** Opens a trace, or continues the carrier's if it is active in this process. Otherwise the new trace is linked to it. */
  startTrace(start: TraceStart | TraceCarrier | RemoteStart): TraceRef;
  /** Sets the trace's contact. Missing in recorders of older copies of this package. */
  contact?(ref: TraceRef, contactId: string): void;
  /** Keeps the trace open until the returned function is called: `runInTrace` uses this. */
  hold(ref: TraceRef): () => void;
  /**
   * Begins to observe an outgoing call; `undefined`: it is not recorded. Missing in recorders of older copies, as are the
   * next three.
   */
  call?(ref: TraceRef, target: CallTarget): CallObserver | undefined;
  /**
   * Records a log line. `level` is the logger's own name of the level, in lower case. `read` is called at once, or not at
   * all where the line is not recorded.
   */
  log?(ref: TraceRef, level: string, source: LogSource, read: () => LogLine): void;
  /** Adds tokens to the open `llm` span of the ref, or records them as an event. */
  usage?(ref: TraceRef, usage: unknown): void;
  /** Sets a tag of the trace. */
  tag?(ref: TraceRef, key: string, value: AttributeValue): void;
  /**
   * The trace that is running in this process, or ended not long ago, with a W3C trace id. Of several it is the one that has
   * the span `parent`, else the newest. Missing in recorders of older copies.
   */
  traceOf?(w3cTraceId: string, parent?: SpanId): TraceRef | undefined;
  /** Number of traces that run in this process. Missing in recorders of older copies. */
  activeTraces?(): number;
  /** Whether capture records this work of the trace by itself. Missing in recorders of older copies, as is the next. */
  captures?(ref: TraceRef, work: CapturedWork): boolean;
  /** Whether the span of the ref is open and inside the span `outer`. */
  isInside?(ref: TraceRef, outer: SpanId): boolean;
  /**
   * What `work` records is written together, before this returns: for work of which nothing is acknowledged earlier. Missing in
   * recorders of older copies.
   */
  together?(work: () => void): void;
  contextOf(ref: TraceRef): TraceContext | undefined;
  carrierOf(ref: TraceRef): TraceCarrier | undefined;
  /** Counts a failure of one of our hooks in health's `self_errors`. */
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
