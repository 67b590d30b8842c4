import type { TraceStatus } from '../model/status.js';
import type { ErrorDto, EventDto, SummaryDto } from './event.response.js';
import type { Degradable } from './instances.response.js';

/** A trace to share: timeline, summary, hints and errors, without the events and the body of the webhook. */
export interface ExportResponse {
  /** Public id of the trace. */
  trace_id: string;
  /** Id of the contact; `unknown` where none was found. */
  contact_id: string;
  /** Milliseconds from the start to the end, or to now while the trace runs. */
  duration_ms: number;
  /** How the trace ended, or `active`. */
  status: TraceStatus;
  /** The message that came in; `null`: the webhook brought none. */
  webhook_message: string | null;
  /** One line per event that has one, oldest first. */
  timeline: string[];
  /** Outcome of the trace. */
  summary: SummaryDto;
  /** What went wrong or is unusual, one line each. */
  debug_hints: string[];
  /** Name of the instance that recorded it. Absent: there is no shared store. */
  instance?: string;
  /** The errors of the trace, oldest first. Absent: none. */
  errors?: ErrorDto[];
  /** Traces that this one continues, or that continue it, at most 50. Absent: none. */
  links?: LinkDto[];
}

/** A linked trace: the webhook that queued this job, or a job that this webhook queued. */
export interface LinkDto {
  /** Public id of the linked trace. */
  trace_id: string;
  /** `continues`: this trace continues that one. `continued_by`: that trace continues this one. */
  relation: 'continues' | 'continued_by';
  /** Status of the linked trace. */
  status: TraceStatus;
  /** Start of the linked trace: ISO 8601, UTC. */
  started_at: string;
  /** Duration of the linked trace in milliseconds. */
  duration_ms: number;
  /** Dialect of a webhook, the name that `runInTrace` was given, `continued` for a carrier; `null`: not recorded. */
  type: string | null;
  /**
   * Number of the attempt, of that trace for `continued_by` and of this one for `continues`. Absent unless an earlier
   * attempt from the same carrier is recorded as failed.
   */
  attempt?: number;
  /** A reply was recorded in the linked trace. */
  message_sent?: true;
}

/** The request or job that a trace began with. */
export interface WebhookDto {
  /** HTTP method; `null` for work without a request. */
  method: string | null;
  /** Request path; `null` for work without a request. */
  path: string | null;
  /** The path that the router matched, as the application declares it: `/webhook/:id`. Absent: no route was matched. */
  route?: string;
  /** Name of the dialect, or the name that `runInTrace` was given. */
  type: string | null;
  /** `inbound` or `outbound`; `null`: the sender does not say. */
  direction: string | null;
  /** The sender's id of the message. */
  message_id: string | null;
  /** The body as it was recorded. */
  body: unknown;
  /** HTTP status of the response; `null`: there was none yet. */
  status_code: number | null;
  /** Milliseconds from the arrival of the request to the end of its response. */
  acknowledged_ms: number | null;
  /** Id of the first trace with the same message; `null`: none, or the message is an edit. */
  duplicate_of: string | null;
  /** `Class.method` of the Nest handler. */
  handler: string | null;
}

/** A hint, the rule that made it, and its evidence. */
export interface HintDetail {
  /** Name of the rule: `error`, `no_reply`, `missing_step`; `custom` for a rule of the application. */
  rule: string;
  /** The line, as in `debug_hints`. */
  hint: string;
  /** `seq` of the records that prove it, at most 20. Absent for rules that compare with other traces. */
  records?: number[];
  /** Only of rules that compare. `samples`: number of traces, or of measured steps. The other keys depend on the rule. */
  evidence?: { samples: number; [key: string]: unknown };
}

/** A stack frame, and the source line that the source map of its file leads to. */
export interface SourceLineDto {
  /** The frame as the stack has it, trimmed. */
  frame: string;
  /** Path of the source file, relative to the directory the application runs in. */
  file: string;
  /** Line number, from 1. */
  line: number;
  /** Column number, from 1. */
  column: number;
  /** Text of the line, trimmed. */
  code: string;
}

/** Placeholder of a value that was too large for its response. */
export interface ValueStub {
  /** Marks the placeholder. */
  omitted: true;
  /** JSON type of the value. */
  type: 'string' | 'array' | 'object';
  /** Size of the value's JSON in bytes. */
  bytes: number;
  /** First 200 characters of a text. Absent for other values. */
  preview?: string;
  /** Path of the route that returns the event in full, relative to `/debug/`. */
  event: string;
}

/** The value that a stub replaces. Captured data may look like a stub, but it is not in this list. */
export interface OmittedValue {
  /** `seq` of the event that has the value. */
  seq: number;
  /** Its place in `EventDetailResponse`: `['event', 'data', 'output']`, `['error', 'cause']`, `['webhook', 'body']`. */
  path: string[];
  /** Size of the value's JSON in bytes. */
  bytes: number;
}

/** The caller of a trace: what its `traceparent`, `tracestate` and `baggage` say. */
export interface CallerDto {
  /** The caller's span; `null`: it sent no valid `traceparent`. */
  span_id: string | null;
  /** Whether the caller records its own part. */
  sampled: boolean;
  /** Vendors' data, which outgoing calls continue. Absent: none. */
  tracestate?: string;
  /** The caller's baggage, without members that redaction hides. Absent: none. */
  baggage?: string;
}

/** A trace with all its events, errors and the webhook. */
export interface FullTraceResponse extends Omit<ExportResponse, 'errors'>, Degradable {
  /** All contacts of a POST with messages of several, `contact_id` first. Absent: there is one contact. */
  contacts?: string[];
  /** One per line of `debug_hints`, in the same order. Absent where the only hint is that the workflow completed. */
  debug_hint_details?: HintDetail[];
  /** Source lines of the application frames of its errors. Absent where the server does not have those files. */
  source_lines?: SourceLineDto[];
  /** More traces continue this one than `links` lists. */
  more_links?: true;
  /** Values that `max_value_bytes` left out. Absent: none. */
  omitted?: OmittedValue[];
  /** Number of events and errors that `max_events` left out. Absent: none. */
  left_out?: { events: number; errors: number };
  /** The trace is pinned: retention and `clear` keep it. */
  pinned?: true;
  /** Start of the trace: ISO 8601, UTC. */
  started_at: string;
  /** End of the trace: ISO 8601, UTC; `null` while it runs. */
  ended_at: string | null;
  /** W3C `traceparent` of the trace. */
  traceparent: string;
  /** Who called, by the headers of W3C or by a carrier. Absent: the trace has no caller. */
  caller?: CallerDto;
  /** The request or job that the trace began with. */
  webhook: WebhookDto;
  /** All events, the webhook first, then in the order they were written. */
  events: EventDto[];
  /** All errors, oldest first. */
  errors: ErrorDto[];
}

/** One event in full, whatever its size. */
export interface EventDetailResponse {
  /** Public id of the trace. */
  trace_id: string;
  /** The event with its whole payload. */
  event: EventDto;
  /** The error that the event reports. Absent for other events. */
  error?: ErrorDto;
  /** Body of the webhook, with the event of its arrival. Absent for other events. */
  webhook?: Pick<WebhookDto, 'body'>;
}

/** The newest failed trace. */
export interface LastErrorResponse extends FullTraceResponse {
  /** Number of errors, the first one (`null`: none was recorded), and the distinct locations. */
  error_summary: { count: number; first_error: ErrorDto | null; locations: string[] };
  /** The command that exports this trace. */
  export_command: string;
}

/** Result of pinning or unpinning a trace. */
export interface PinResponse {
  /** Public id of the trace. */
  trace_id: string;
  /** Whether the trace is pinned now. */
  pinned: boolean;
}

/** Result of erasing a contact. */
export interface EraseResponse {
  /** Number of traces that were deleted. */
  removed: number;
  /** How many of them can no longer be read but are not erased from the files of the store yet. Absent: none. */
  pending?: number;
  /**
   * Running instances of a shared store: how many have erased the contact from their own directories, and how many have
   * not yet. Absent: there are none.
   */
  instances?: { done: number; pending: number };
}
