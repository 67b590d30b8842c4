import type { Attributes } from './attributes.js';
import type { JsonText, Payload } from './json-bytes.js';
import type { SpanType, TraceStatus } from './status.js';
import type { Writer } from './trace-key.js';
import type { UsageFields } from './usage.js';
import type { EventFacts } from './vocabulary.js';

export type { JsonText, Payload } from './json-bytes.js';

/** Microseconds since the Unix epoch. Exact in a double until the year 2255. */
export type Micros = number;

/**
 * The journal's own name of a trace: `<writer>-<n>`, see `keyPrefix`. Every record has it and not the public `trace_id`,
 * which is known only once the contact is; the `identify` record gives that one later.
 */
export type TraceKey = string;

/** 16 lower-case hex digits, W3C's parent-id. */
export type SpanId = string;

interface OfTrace {
  trace: TraceKey;
}

/** The first line of every segment: who wrote it. */
export interface SegmentFields {
  kind: 'segment';
  format: number;
  /** Number of the process: that of its first segment. Format 1 has `boot` in the place of these three. */
  writer?: number;
  /** UUID of the process. */
  writer_id?: string;
  /** Tells two processes with the same pid apart: `<start>-<pid namespace>-<started s>`. */
  process?: string;
  /** Format 1 only: `<number>-<random>-<start>-<pid namespace>-<started s>`. */
  boot?: string;
  pid: number;
  host: string;
  version: string;
}

/** A request arrived, or `runInTrace` began. The id is provisional until `identify`. */
export interface OpenFields extends OfTrace {
  kind: 'open';
  id: string;
  traceparent: string;
  /** The trace this one continues or links: the carrier's trace id. */
  link?: string;
  /**
   * The caller's span: of the request's `traceparent`, or the one in which the carrier was made. Attempts of one job bring
   * the same carrier, so the same span.
   */
  parent?: SpanId;
  /** The caller records its part of the trace: the flag `sampled` of its `traceparent`. */
  sampled?: true;
  /** The request's `tracestate`, at most 512 characters. */
  tracestate?: string;
  /** Members of the request's `baggage` in which redaction hides nothing: at most 64, 8,192 bytes. */
  baggage?: string;
  method?: string;
  path?: string;
  /** The path that the router matched, as the application declares it: `/webhook/:id`. */
  route?: string;
}

/** The status of an earlier message that a webhook reports, mostly a failed delivery. */
export interface NoticeFields {
  /** The sender's word: `failed`, `undelivered`, `bounced`. */
  status: string;
  /** The sender's error code, such as WhatsApp's `131047`. */
  code?: string;
  /** The sender's reason. */
  reason?: string;
  /** The sender's id of that message. */
  message_id?: string;
  /** The contact that message was sent to. */
  contact?: string;
}

/** One message of a POST that has several. */
export interface MessageFields {
  /** The contact that wrote it or that it was sent to; absent: the sender does not name one. */
  contact?: string;
  message?: string;
  message_id?: string;
  media?: string;
  direction?: 'inbound' | 'outbound';
}

/**
 * Contact, message and id of a request. Written once its body is known, at the latest before its `response`; a second
 * time, with `again`, where the body arrived later.
 */
export interface IdentifyFields<P = JsonText> extends OfTrace {
  kind: 'identify';
  id: string;
  contact: string;
  message?: string;
  /** Dialect name for a webhook (`generic`, `gohighlevel`, …), the caller's word for `runInTrace`. */
  type?: string;
  direction?: 'inbound' | 'outbound';
  message_id?: string;
  /** Further contacts of the same POST. */
  contacts?: string[];
  /** The sender's name of the contact, where the application gave another one. The trace is found under both. */
  alias?: string;
  /** All messages of a POST that has several, in the sender's order, the first 20. */
  messages?: MessageFields[];
  /** Name of the dialect that read the request. */
  dialect?: string;
  /** Kind of message: `text`, `voice`, `image`, `location`; absent: it is no message, or the sender names none. */
  media?: string;
  /** The sender says that this replaces the text of an earlier message; `message_id` is that message's. */
  edited?: true;
  /** Failed deliveries of earlier messages. */
  notices?: NoticeFields[];
  /** Fields of the body that hold an unreplaced placeholder, such as `{{contact.id}}`. */
  placeholders?: string[];
  /** Total bytes of a body that no parser read; `body` is its beginning. */
  unparsed?: number;
  /** Replaces an earlier `identify` of the trace, whose `id` it keeps. */
  again?: true;
  body?: P;
  /** `Class.method` of the Nest handler. */
  handler?: string;
}

/** The handler that Nest chose, where `identify` was written before, or the route, where `open` was. */
export interface HandlerFields extends OfTrace {
  kind: 'handler';
  handler?: string;
  route?: string;
}

/** `traceContact` named the contact after a look-up. The trace keeps its id, which the response may have already. */
export interface ContactFields extends OfTrace {
  kind: 'contact';
  contact: string;
  /** The contact before this record; the trace is still found under it. Absent: it had none. */
  before?: string;
}

export interface EventFields<P = JsonText> extends OfTrace {
  kind: 'event';
  type: string;
  span?: SpanId;
  /** Duration in milliseconds, when the caller measured one. */
  ms?: number;
  /** Members of `data` that lists show. Format 1 has none. */
  facts?: EventFacts;
  data?: P;
  /** Came after the trace's end. */
  late?: true;
}

export interface SpanStartFields<P = JsonText> extends OfTrace {
  kind: 'span';
  span: SpanId;
  parent?: SpanId;
  name: string;
  /** Format 1 has `node` for `step`. */
  type: SpanType;
  /** Attributes known at the start. */
  attributes?: Attributes;
  input?: P;
  late?: true;
}

/** What a recorded function returned. A promise of a stream, an iterator or an Observable has the shape of that. */
export type ResultShape = 'value' | 'promise' | 'observable' | 'iterator' | 'stream';

export interface SpanEndFields<P = JsonText> extends OfTrace {
  kind: 'span_end';
  span: SpanId;
  /** Milliseconds from start to end, by the monotonic clock. */
  ms: number;
  /** Absent: `value`. */
  shape?: ResultShape;
  /** Limits, redaction or an unusual type changed the output, so the result cannot be made again from it. */
  lossy?: true;
  /** The input, where it is known only at the end. */
  input?: P;
  output?: P;
  /** Attributes known at the end; they replace those of the start. */
  attributes?: Attributes;
  /**
   * Tokens of a model call. Absent for a span around model calls that have their own: a sum over all spans counts each
   * call once. Journals of before have the provider's own names here.
   */
  usage?: UsageFields;
  /** How it ended; absent: it returned. `cancelled`: unsubscribed or abandoned before its end. */
  outcome?: 'error' | 'cancelled';
  late?: true;
}

export interface ErrorFields<P = JsonText> extends OfTrace {
  kind: 'error';
  span?: SpanId;
  location: string;
  /** The error's class name. */
  type: string;
  message: string;
  stack?: string;
  /** The cause chain, outermost first. */
  cause?: P;
  context?: P;
  /** Data of the error: `HttpException.getResponse()`, an HTTP client's status and body. */
  detail?: P;
  /** Class name of the guard that refused. */
  guard?: string;
  /** Thrown after the response's headers had been sent. */
  after_response?: true;
  /** The same for errors of the same origin. */
  fingerprint: string;
  late?: true;
}

/** The response's headers and last byte went out, or its connection closed. */
export interface ResponseFields extends OfTrace {
  kind: 'response';
  status: number;
  /** Milliseconds from arrival. */
  ms: number;
  /** The client closed the connection before the response was finished. */
  aborted?: true;
  /** Message of the error in the response's body, by which the recorded error that became the response is found. */
  error?: string;
}

export interface EndFields extends OfTrace {
  kind: 'end';
  status: Exclude<TraceStatus, 'active'>;
  /** Events that `limits.maxEventsPerTrace` kept out. */
  dropped?: number;
  /**
   * Number of the process that wrote this end because the trace's own process had died; `seq` is that process's. Its
   * time is right after the last record of the trace, and it does not count if the trace has later records. An
   * `interrupted` end without `by` is the trace's own process's: the application was shut down.
   */
  by?: number;
}

/** Numbers of records that could not be written, by cause. Written once writing works again. */
export interface GapFields {
  kind: 'gap';
  dropped: Record<string, number>;
}

/** The last line of a segment that was closed in good order. */
export interface SealFields {
  kind: 'seal';
}

export type RecordFields<P = JsonText> =
  | SegmentFields
  | OpenFields
  | IdentifyFields<P>
  | HandlerFields
  | ContactFields
  | EventFields<P>
  | SpanStartFields<P>
  | SpanEndFields<P>
  | ErrorFields<P>
  | ResponseFields
  | EndFields
  | GapFields
  | SealFields;

/** A record on its way to a writer, which adds `seq`. */
export type RecordDraft = RecordFields<Payload> & { ts: Micros };

/** A record as read back: payloads parsed. `seq` grows by one within one process. */
export type JournalRecord = RecordFields<unknown> & { seq: number; ts: Micros };

/** A record that belongs to a trace. */
export type TraceRecord = Extract<JournalRecord, { trace: TraceKey }>;

/**
 * The port through which capture writes. `append` is synchronous and never throws. It returns whether the record was kept;
 * the sink counts those that were not.
 */
export interface RecordSink {
  append(draft: RecordDraft): boolean;
  /**
   * The records that `work` appends are written together, before this returns: for those of which none is acknowledged
   * earlier. Missing in sinks that do not write to a file.
   */
  together?(work: () => void): void;
  /** This process, for the keys and the ids of its traces. */
  readonly writer: Writer;
}
