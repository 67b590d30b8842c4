import type { Attributes } from '../model/attributes.js';
import type { CallUsageDto, UsageDto } from './usage.response.js';

/** Outcome of a trace. A key whose value was not recorded is absent, except `message_sent`. */
export interface SummaryDto {
  /** Last lead score that an event recorded. */
  lead_score?: number;
  /** Agent that the last analysis suggested. */
  suggested_agent?: string;
  /** One `from → to` per hop, in order. */
  routing_path?: string[];
  /** Whether a reply was recorded in this trace. */
  message_sent: boolean;
  /** First 100 characters of the last reply. */
  response_preview?: string;
  /** Number of messages of the conversation that were loaded. */
  messages_loaded?: number;
  /** Lead score before this trace. */
  previous_score?: number;
  /** Names of the tools that ran, each once, in the order of their first call. */
  tools?: string[];
  /** Number of calls of language models, their tokens and their cost. */
  llm?: UsageDto;
  /** Keys that the application's own event types add. */
  [key: string]: unknown;
}

/** An event of a trace: a point in time, or a span. */
export interface EventDto {
  /** Number of the record, which grows by one per record of a process. Identifies the event in its trace. */
  seq: number;
  /** When it happened or began: ISO 8601, UTC, microseconds. */
  timestamp: string;
  /** The event's type, or the span's type. */
  type: string;
  /** The span's name, the error's location; `null` for every other point. */
  name: string | null;
  /** A span's own id; for a point, the span it happened in. */
  span_id: string | null;
  /** A span's parent; always `null` for a point. */
  parent_span_id: string | null;
  /** Milliseconds; `null`: a point in time, or a span that is still open. */
  duration_ms: number | null;
  /** The event's payload; of a span `input`, `output`, `usage` and `outcome`, as far as they were recorded. */
  data: unknown;
  /**
   * A second record of a reply that the trace has already: `traceReply` and the call that sent it, or an edit of it.
   * Counts and the timeline leave it out.
   */
  again?: true;
  /** Attributes of a span, under OpenTelemetry's names. Absent: none. */
  attributes?: Attributes;
  /** Tokens and cost of a model call. Absent: the event is none, or reported nothing; on the stream the cost is absent. */
  usage?: CallUsageDto;
}

/** An error of a trace. */
export interface ErrorDto {
  /** When it was recorded: ISO 8601, UTC, microseconds. */
  timestamp: string;
  /** Where it was caught: the step, the handler or the request. */
  location: string;
  /** Class name of the error. */
  type: string;
  /** The error's own message. */
  message: string;
  /** The stack as the runtime wrote it; `null`: the error has none. */
  stack: string | null;
  /** Outermost cause first; then the errors inside an AggregateError, which have `inner: true`. `null`: none. */
  cause: unknown;
  /**
   * What the error carries beside its message: `code`, `errno`, `status`, its plain fields, `response` (what
   * `HttpException.getResponse()` returns, or the body that an HTTP client received) and `reasons`, the sentences in these.
   * Absent: nothing.
   */
  detail?: unknown;
  /** Class name of the guard that refused the request. Absent: no guard did. */
  guard?: string;
  /** The error was recorded after the headers of the response were sent, so the sender did not see it. */
  after_response?: true;
  /** Context that the caller of `traceError` gave with the error; `null`: none. */
  context: unknown;
  /** The same for two errors of the same origin. */
  fingerprint: string;
}
