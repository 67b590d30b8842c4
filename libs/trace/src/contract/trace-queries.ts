import type { Micros } from '../model/record.js';
import type { TraceFilter } from '../model/trace.js';
import type { TraceStatus } from '../model/status.js';
import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ErrorGroupsResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  LastErrorResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  StreamMessage,
  TracesResponse,
  EventDetailResponse,
} from './responses.js';

/**
 * A time: microseconds since 1970, or text in one of the forms of `MOMENT_HELP` (`2h`, `2026-01-31`, `14:30`,
 * `2026-01-31T14:30`). Text without an offset is read in the application's `timeZone`.
 */
export type Moment = Micros | string;

export interface TracesParams extends Omit<TraceFilter, 'since' | 'until'>, TimeRange {
  /** 1 to 500; 20 when left out. */
  limit?: number;
  /** `next` of the page before. */
  before?: string;
}

export interface StreamParams {
  /** Resume right after this message; `undefined`: only what happens from now on. */
  after?: string;
  contactId?: string;
  /** The trace's status after the message: one, or one of several. */
  status?: TraceStatus | readonly TraceStatus[];
  traceId?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
  /**
   * Called once, when the place in the stream is found and nothing from there on can be missed. A bad `after` never
   * gets here: it rejects the first `next()` with `BAD_POSITION`, so a server can still answer 400.
   */
  onReady?: () => void;
  /**
   * Called when the reader was so slow that what waited for it was let go, before the message after `after` (the last
   * that it was given). It misses nothing: what follows is read from the store at its own pace, and is late.
   */
  onReset?: (after: string) => void;
}

/**
 * The one door. Every surface (REST, CLI, later MCP) asks here and shows what it is given; none has queries of its
 * own. What is not there is a `TraceCollectorError` with a code (`TRACE_NOT_FOUND`, `NO_ERRORS`, …), never `undefined`.
 */
export interface TraceQueries {
  health(): Promise<HealthResponse>;
  traces(params: TracesParams): Promise<TracesResponse>;
  /** @param id a trace id, or a prefix that only one id has. */
  trace(id: string): Promise<FullTraceResponse>;
  export(id: string): Promise<ExportResponse>;
  lastTrace(): Promise<FullTraceResponse>;
  lastError(): Promise<LastErrorResponse>;
  active(): Promise<ActiveResponse>;
  stats(range: TimeRange): Promise<StatsResponse>;
  quickDebug(contactId: string): Promise<QuickDebugResponse>;
  contact(contactId: string, limit?: number): Promise<ContactResponse>;
  /** Keeps a trace from retention and `clear`, or no longer. @param id a trace id, or a prefix that only one id has. */
  pin(id: string, pinned: boolean): Promise<PinResponse>;
  clear(options: { keepErrors: boolean }): Promise<{ removed: number }>;
  /** `pending`: how many of the `removed` traces are not erased from storage yet; absent when all are. */
  eraseContact(contactId: string): Promise<{ removed: number; pending?: number }>;
  /** Nothing missing, nothing twice, over reconnects too. */
  stream(params: StreamParams): AsyncIterable<StreamMessage>;
}

/** What asks about two traces at once. */
export interface CompareQueries {
  /**
   * @param a a trace id, or a prefix that only one id has.
   * @param b the same, or `last-ok`: the newest completed trace of the same contact, else of the same route and agent.
   */
  compare(a: string, b: string): Promise<CompareResponse>;
}

/** How much of a trace comes. Left out: all. */
export interface TraceLimits {
  /** A value whose JSON has more bytes is replaced by a stub and told in `omitted`. */
  maxValueBytes?: number;
  /** Of a trace with more, the first, the last and the first errors come, and `left_out` tells how many did not. */
  maxEvents?: number;
}

/** For a page: a trace without what it does not need at first, and large values one by one. */
export interface ValueQueries {
  /** @param id a trace id, or a prefix that only one id has. */
  leanTrace(id: string, limits: TraceLimits): Promise<FullTraceResponse>;
  /** One event, whole. Rejects with `EVENT_NOT_FOUND` when the trace has none of this `seq`. */
  event(id: string, seq: number): Promise<EventDetailResponse>;
}

/** Both ends belong to the range; a date alone is its first instant as `since`, its last as `until`. */
export interface TimeRange {
  since?: Moment;
  until?: Moment;
}

/**
 * Questions over many traces at once, for a page. Each opens a bounded number of traces, and its answer says how many
 * and whether that was all.
 */
export interface OverviewQueries {
  /** Errors of the range, put together by fingerprint. */
  errorGroups(range: TimeRange): Promise<ErrorGroupsResponse>;
  /** Latency over time, who hands over to whom, how long tools take. */
  insights(range: TimeRange): Promise<InsightsResponse>;
  /** @param options `limit` turns, 1 to 100, 20 when left out; `before` is the `next` of the answer before. */
  conversation(contactId: string, options?: { limit?: number; before?: string }): Promise<ConversationResponse>;
}
