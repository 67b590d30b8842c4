import type { Micros } from '../model/record.js';
import type { TraceFilter } from '../model/trace.js';
import type { TraceStatus } from '../model/status.js';
import type { TraceSort } from '../model/trace-search.js';
import type {
  ActiveResponse,
  AlertsResponse,
  AlertTestResponse,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ErrorGroupsResponse,
  ErrorGroupState,
  ErrorStateResponse,
  ExportResponse,
  FindingsResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  InstancesResponse,
  LastErrorResponse,
  OtlpResponse,
  EraseResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  StreamMessage,
  TracesResponse,
  EventDetailResponse,
  ValueKind,
  ValuesResponse,
} from './responses.js';

/**
 * A time: microseconds since 1970, or text in one of the forms of `MOMENT_HELP` (`2h`, `2026-01-31`, `14:30`,
 * `2026-01-31T14:30`). Text without an offset is read in the application's `timeZone`.
 */
export type Moment = Micros | string;

/** Filters and page of a list of traces. */
export interface TracesParams extends Omit<TraceFilter, 'since' | 'until'>, TimeRange {
  /** Number of traces, 1 to 500. Default: 20. */
  limit?: number;
  /** Cursor: the `next` of the page before, which had the same filters and order. */
  before?: string;
  /** Order. Default: `started`, newest first. */
  sort?: TraceSort;
  /** Only traces with an error of this group. */
  fingerprint?: string;
}

/** Filters and page of traces with their hints. */
export interface FindingsParams extends TracesParams {
  /** Number of traces, 1 to 100. Default: 20. */
  limit?: number;
  /** `failed`: traces that failed. `suspicious`: these, and those with a hint about a problem. Default: all. */
  only?: 'failed' | 'suspicious';
}

/** Error groups: their range, a text that they have, and their state. */
export interface ErrorGroupsParams extends TimeRange {
  /** Text in the location, the type or the message, in either case. */
  q?: string;
  /** Default: all states. */
  state?: ErrorGroupState;
}

/** Filters of the stream, and where it begins. */
export interface StreamParams {
  /** Id of a message: the stream resumes right after it. Default: from now on. */
  after?: string;
  contactId?: string;
  /** Only messages after which the trace has this status, or one of these. */
  status?: TraceStatus | readonly TraceStatus[];
  traceId?: string;
  /** Ends the stream when it aborts. */
  signal?: AbortSignal;
  /**
   * Called once, when the position is found and no later message can be missed. A bad `after` rejects the first `next()`
   * with `BAD_POSITION` instead, so that a server can still answer 400.
   */
  onReady?: () => void;
  /**
   * Called when the reader was so slow that its buffer was dropped, before the message after `after`, the last one that it
   * received. It misses nothing: the following messages are read from the store, and are late.
   */
  onReset?: (after: string) => void;
}

/**
 * The queries of every surface: REST, the command line, MCP and `TraceService`. A missing trace or contact rejects with a
 * `TraceCollectorError` with a code (`TRACE_NOT_FOUND`, `NO_ERRORS`, …).
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
  /** The processes that record into the store that several share; without one, this process. */
  instances(): Promise<InstancesResponse>;
  stats(range: TimeRange): Promise<StatsResponse>;
  quickDebug(contactId: string): Promise<QuickDebugResponse>;
  contact(contactId: string, limit?: number): Promise<ContactResponse>;
  /** Protects a trace from retention and `clear`, or ends that. @param id a trace id, or a prefix that only one id has. */
  pin(id: string, pinned: boolean): Promise<PinResponse>;
  clear(options: { keepErrors: boolean }): Promise<{ removed: number }>;
  /** @param options `scrub`: erase the remains in a database's files at once. Default: it does that at night. */
  eraseContact(contactId: string, options?: { scrub?: boolean }): Promise<EraseResponse>;
  /** Every message once, also across reconnects. */
  stream(params: StreamParams): AsyncIterable<StreamMessage>;
}

/** A trace for another program. */
export interface OtlpQueries {
  /** @param id a trace id, or a prefix that only one id has. */
  otlp(id: string): Promise<OtlpResponse>;
}

/** Queries about two traces. */
export interface CompareQueries {
  /**
   * @param a a trace id, or a prefix that only one id has.
   * @param b the same, or `last-ok`: the newest completed trace of the same contact, else of the same route and agent.
   */
  compare(a: string, b: string): Promise<CompareResponse>;
}

/** Bounds of a trace in a response. Default: none. */
export interface TraceLimits {
  /** A value whose JSON has more bytes is replaced by a stub, and listed in `omitted`. */
  maxValueBytes?: number;
  /** A trace with more events has only the first, the last and the first errors; `left_out` counts the rest. */
  maxEvents?: number;
}

/** Queries of a page: a bounded trace, and its large values one by one. */
export interface ValueQueries {
  /** @param id a trace id, or a prefix that only one id has. */
  leanTrace(id: string, limits: TraceLimits): Promise<FullTraceResponse>;
  /** One whole event. Rejects with `EVENT_NOT_FOUND` where the trace has no event with this `seq`. */
  event(id: string, seq: number): Promise<EventDetailResponse>;
}

/** A range that includes both ends. A date alone is its first instant as `since`, and its last as `until`. */
export interface TimeRange {
  since?: Moment;
  until?: Moment;
}

/**
 * Queries over many traces. Each opens a bounded number of traces; its response contains that number, and whether the
 * range had more.
 */
export interface OverviewQueries {
  /** Errors of the range, grouped by fingerprint. */
  errorGroups(params: ErrorGroupsParams): Promise<ErrorGroupsResponse>;
  /** Traces with their hints. */
  findings(params: FindingsParams): Promise<FindingsResponse>;
  /** Sets the state of an error group. Rejects with `NOT_SUPPORTED` where the store cannot keep it. */
  setErrorState(fingerprint: string, state: ErrorGroupState): Promise<ErrorStateResponse>;
  /** Names that traces have, most frequent first, for completion. */
  values(of: ValueKind, prefix?: string): Promise<ValuesResponse>;
  /** Latency over time, hand-overs, and durations of tools. */
  insights(range: TimeRange): Promise<InsightsResponse>;
  /** @param options `limit`: number of turns, 1 to 100, default 20; `before`: the `next` of the response before. */
  conversation(contactId: string, options?: { limit?: number; before?: string }): Promise<ConversationResponse>;
}

/** Queries about what the application reports by itself. */
export interface AlertQueries {
  /** Rules, channels and the last alerts. */
  alerts(): Promise<AlertsResponse>;
  /** Sends a test to every channel. Rejects with `NOT_SUPPORTED` where the application has no alerts. */
  testAlerts(): Promise<AlertTestResponse>;
}

/** Numbers for a monitor. */
export interface MetricsQueries {
  /** The text that Prometheus reads, version 0.0.4. */
  metrics(): Promise<{ text: string }>;
}
