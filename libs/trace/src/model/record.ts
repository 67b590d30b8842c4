import type { JsonText, Payload } from './json-bytes.js';
import type { SpanType, TraceStatus } from './status.js';
import type { Writer } from './trace-key.js';
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
  method?: string;
  path?: string;
}

/** Something that a webhook reports of an earlier message: a status of delivery, mostly a failed one. */
export interface NoticeFields {
  /** The sender's word: `failed`, `undelivered`, `bounced`. */
  status: string;
  /** The sender's error code, such as WhatsApp's `131047`. */
  code?: string;
  /** The sender's reason. */
  reason?: string;
  /** Id of the message that it is about, in the sender's numbering. */
  message_id?: string;
  /** To whom that message was sent. */
  contact?: string;
}

/** One message of a POST that has several. */
export interface MessageFields {
  /** Who wrote it, or to whom it was sent; absent: the sender does not say. */
  contact?: string;
  message?: string;
  message_id?: string;
  media?: string;
  direction?: 'inbound' | 'outbound';
}

/**
 * What the request turned out to be. Written once its body is known, or at the latest before its `response`; a second
 * time, with `again`, where the body arrived only after that.
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
  /** What the sender calls the contact, where the application named it otherwise. The trace is found under it too. */
  alias?: string;
  /** All messages of a POST that has several, in the sender's order, the first 20. */
  messages?: MessageFields[];
  /** Name of the dialect that read the request. */
  dialect?: string;
  /** What kind of message it is: `text`, `voice`, `image`, `location`; absent: it is no message, or the sender does not say. */
  media?: string;
  /** The sender says that this replaces the text of an earlier message; `message_id` is that message's. */
  edited?: true;
  /** Bad news about earlier messages. */
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

/** Routed to this handler; written when `identify` came before Nest chose it. */
export interface HandlerFields extends OfTrace {
  kind: 'handler';
  handler: string;
}

/** Whose trace it is, as `traceContact` says once a look-up told. The trace keeps its id, which may be out already. */
export interface ContactFields extends OfTrace {
  kind: 'contact';
  contact: string;
  /** The contact it stood under until then; it is still found there. Absent: none was known. */
  before?: string;
}

export interface EventFields<P = JsonText> extends OfTrace {
  kind: 'event';
  type: string;
  span?: SpanId;
  /** Duration in milliseconds, when the caller measured one. */
  ms?: number;
  /** What a list needs of `data`. Format 1 has none. */
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
  /** Usage of a model, read from the last parts of a stream. */
  usage?: P;
  /** How it ended, when not by returning. `cancelled`: unsubscribed or abandoned before its end. */
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
  /** What the error carries beside its message: `HttpException.getResponse()`, an HTTP client's status and body. */
  detail?: P;
  /** Class name of the guard that refused. */
  guard?: string;
  /** Thrown when the response's headers had been sent. */
  after_response?: true;
  /** Same for two errors of the same origin. */
  fingerprint: string;
  late?: true;
}

/** The response's headers and last byte went out, or its connection closed. */
export interface ResponseFields extends OfTrace {
  kind: 'response';
  status: number;
  /** Milliseconds from arrival. */
  ms: number;
  /** The client went away before the response was finished. */
  aborted?: true;
  /** Message of the error in the response's body, where it has one: which recorded error became the response. */
  error?: string;
}

export interface EndFields extends OfTrace {
  kind: 'end';
  status: Exclude<TraceStatus, 'active'>;
  /** Events that `limits.maxEventsPerTrace` kept out. */
  dropped?: number;
  /**
   * Number of another process, which found the trace's own process dead; `seq` is that one's. The end is then
   * stamped right behind the last thing the trace did, and does not count if the trace turns out to have gone on.
   * An `interrupted` end without it was written by the trace's own process: the application was shut down.
   */
  by?: number;
}

/** Records that could not be written, by cause, told once writing works again. */
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

/** What capture hands to a writer; the writer adds the sequence and, where `ts` is missing, the time. */
export type RecordDraft = RecordFields<Payload> & { ts: Micros };

/** A record as read back: payloads parsed. `seq` grows by one within one process. */
export type JournalRecord = RecordFields<unknown> & { seq: number; ts: Micros };

/** A record that belongs to a trace. */
export type TraceRecord = Extract<JournalRecord, { trace: TraceKey }>;

/**
 * Where capture writes. `append` is synchronous, never throws and answers whether the record was kept; what was not
 * kept is counted by the sink.
 */
export interface RecordSink {
  append(draft: RecordDraft): boolean;
  /** This process, for the keys and the ids of its traces. */
  readonly writer: Writer;
}
