import type { TraceStatus } from '../../model/status.js';

export interface SummaryDto {
  lead_score?: number;
  suggested_agent?: string;
  /** `from → to` of each hop, in order. */
  routing_path?: string[];
  message_sent: boolean;
  response_preview?: string;
  messages_loaded?: number;
  previous_score?: number;
  tools?: string[];
  llm?: { calls: number; input_tokens?: number; output_tokens?: number; total_tokens?: number };
  /** Added by the application's own event types. */
  [key: string]: unknown;
}

export interface ErrorDto {
  timestamp: string;
  location: string;
  type: string;
  message: string;
  stack: string | null;
  /** Outermost cause first; then the errors inside an AggregateError, which have `inner: true`. */
  cause: unknown;
  /**
   * Members of the error besides its message: `code`, `errno`, `status`, its plain fields, `response` (the result of
   * `HttpException.getResponse()`, or the body that an HTTP client received) and `reasons`, the sentences in these. Absent
   * where there are none.
   */
  detail?: unknown;
  /** Class name of the guard that refused the request; only where a guard did. */
  guard?: string;
  /** Recorded after the headers of the response were sent: the sender cannot see the error. */
  after_response?: true;
  context: unknown;
  fingerprint: string;
}

export interface ExportResponse {
  trace_id: string;
  contact_id: string;
  duration_ms: number;
  status: TraceStatus;
  webhook_message: string | null;
  timeline: string[];
  summary: SummaryDto;
  debug_hints: string[];
  /** Only when there are any. */
  errors?: ErrorDto[];
  /** Traces that this one continues, or that continue it, at most 50; only when there are any. */
  links?: LinkDto[];
}

/** A linked trace: the webhook that queued this job, or a job that this webhook queued. */
export interface LinkDto {
  trace_id: string;
  /** `continues`: this trace continues that one. `continued_by`: that trace continues this one. */
  relation: 'continues' | 'continued_by';
  status: TraceStatus;
  started_at: string;
  duration_ms: number;
  /** Dialect of a webhook, the caller's word for `runInTrace`; `continued` for a carrier. */
  type: string | null;
  /**
   * Number of the attempt, of that trace for `continued_by` and of this one for `continues`. Only where an earlier
   * attempt from the same carrier is recorded as failed.
   */
  attempt?: number;
  /** Only where a reply was recorded in that trace. */
  message_sent?: true;
}

export interface EventDto {
  seq: number;
  timestamp: string;
  /** The event's type, or the span's kind. */
  type: string;
  /** The span's name, or the error's location; `null` for every other point. */
  name: string | null;
  /** A span's own id; for a point, the span it happened in. */
  span_id: string | null;
  /** A span's parent; always `null` for a point. */
  parent_span_id: string | null;
  /** Milliseconds; `null` for a point in time and for an open span. */
  duration_ms: number | null;
  data: unknown;
}

export interface WebhookDto {
  method: string | null;
  path: string | null;
  type: string | null;
  direction: string | null;
  message_id: string | null;
  body: unknown;
  status_code: number | null;
  acknowledged_ms: number | null;
  /** Id of the trace that had this message first; `null` for an edited message. */
  duplicate_of: string | null;
  handler: string | null;
}

/** A hint with its rule and its evidence. */
export interface HintDetail {
  /** Name of the rule: `error`, `no_reply`, `missing_step`; `custom` for a rule of the application. */
  rule: string;
  /** The line, as in `debug_hints`. */
  hint: string;
  /** `seq` of the records that prove it, at most 20; only for rules about the trace itself. */
  records?: number[];
  /** Only for rules that compare. `samples`: number of traces, or of measured steps. The rest depends on the rule. */
  evidence?: { samples: number; [key: string]: unknown };
}

/** A stack frame with its line of source, from the source map of its file. */
export interface SourceLineDto {
  /** The line of the stack, trimmed. */
  frame: string;
  /** Path relative to the application's working directory. */
  file: string;
  line: number;
  column: number;
  /** The source line, trimmed. */
  code: string;
}

/** Replaces a value that is too large for the response. */
export interface ValueStub {
  omitted: true;
  type: 'string' | 'array' | 'object';
  /** Size of the value's JSON. */
  bytes: number;
  /** The beginning of a text. */
  preview?: string;
  /** URL of the whole event, relative to `/debug/`. */
  event: string;
}

/** A value that a stub replaces. Captured data may look like a stub; this list separates the two. */
export interface OmittedValue {
  /** The event that contains it. */
  seq: number;
  /** Its path in `EventDetailResponse`: `['event', 'data', 'output']`, `['error', 'cause']`, `['webhook', 'body']`. */
  path: string[];
  /** Size of its JSON. */
  bytes: number;
}

export interface FullTraceResponse extends Omit<ExportResponse, 'errors'> {
  /** Only where the POST had messages of several contacts: all of them, `contact_id` first. */
  contacts?: string[];
  /** One per line of `debug_hints`, in the same order. Absent where nothing is wrong. */
  debug_hint_details?: HintDetail[];
  /** Source lines of the application frames of its errors; only where the same files are present. */
  source_lines?: SourceLineDto[];
  /** Only with `links`, when more traces than these continue this one. */
  more_links?: true;
  /** Only with `max_value_bytes`, where a value was larger. */
  omitted?: OmittedValue[];
  /** Numbers of events and errors left out by `max_events`; only where there were more. */
  left_out?: { events: number; errors: number };
  /** Pinned: retention and `clear` keep it. */
  pinned?: true;
  started_at: string;
  ended_at: string | null;
  traceparent: string;
  webhook: WebhookDto;
  events: EventDto[];
  errors: ErrorDto[];
}

/** One event with all of its data, of any size. */
export interface EventDetailResponse {
  trace_id: string;
  event: EventDto;
  /** Only for an event of an error. */
  error?: ErrorDto;
  /** Only for the first event, which has the webhook's body. */
  webhook?: Pick<WebhookDto, 'body'>;
}

export interface LastErrorResponse extends FullTraceResponse {
  error_summary: { count: number; first_error: ErrorDto | null; locations: string[] };
  /** Command that exports this trace. */
  export_command: string;
}
