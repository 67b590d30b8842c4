import type { TraceStatus } from '../model/status.js';

/**
 * The JSON that people and programs see, key by key as the contract has it. REST, the CLI, the stream and every later
 * surface answer with these; nobody builds another shape of the same thing.
 */

export interface SummaryDto {
  lead_score?: number;
  suggested_agent?: string;
  /** One `from → to` per hop, in order. */
  routing_path?: string[];
  message_sent: boolean;
  response_preview?: string;
  messages_loaded?: number;
  previous_score?: number;
  tools?: string[];
  llm?: { calls: number; input_tokens?: number; output_tokens?: number; total_tokens?: number };
  /** What an application's own event types add. */
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
   * What the error carries beside its message: `code`, `errno`, `status`, its plain fields, `response` (what
   * `HttpException.getResponse()` returns, or the body that an HTTP client received) and `reasons`, the sentences in these.
   * Absent: nothing.
   */
  detail?: unknown;
  /** Class name of the guard that refused the request; only where one did. */
  guard?: string;
  /** Recorded when the headers of the response had been sent: the sender got no sign of it. */
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
  /** Traces that this one continues, or that continue it; only when there are any. At most 50. */
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
  /** The span's name, the error's location; `null` for every other point. */
  name: string | null;
  /** A span's own id; for a point, the span it happened in. */
  span_id: string | null;
  /** A span's parent; always `null` for a point. */
  parent_span_id: string | null;
  /** `null`: a point in time, or a span that is still open. */
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

/** A hint, the rule that made it, and what it rests on. */
export interface HintDetail {
  /** Name of the rule: `error`, `no_reply`, `missing_step`; `custom` for a rule of the application. */
  rule: string;
  /** The line, as in `debug_hints`. */
  hint: string;
  /** `seq` of the records that prove it, at most 20; only of rules about the trace itself. */
  records?: number[];
  /** Only of rules that compare. `samples`: number of traces, or of measured steps. The rest depends on the rule. */
  evidence?: { samples: number; [key: string]: unknown };
}

/** A stack frame, and the line that the source map of its file leads to. */
export interface SourceLineDto {
  /** As it stands in the stack, trimmed. */
  frame: string;
  /** Relative to the directory the application runs in. */
  file: string;
  line: number;
  column: number;
  /** The line itself, trimmed. */
  code: string;
}

/** Stands in the place of a value that was too large for the answer it is in. */
export interface ValueStub {
  omitted: true;
  type: 'string' | 'array' | 'object';
  /** Of the value's JSON. */
  bytes: number;
  /** The beginning of a text. */
  preview?: string;
  /** Where the event is had whole, relative to `/debug/`. */
  event: string;
}

/** Which value a stub stands for: captured data may look like a stub, but it is not in this list. */
export interface OmittedValue {
  /** The event that has it. */
  seq: number;
  /** Its place in `EventDetailResponse`: `['event', 'data', 'output']`, `['error', 'cause']`, `['webhook', 'body']`. */
  path: string[];
  /** Of its JSON. */
  bytes: number;
}

export interface FullTraceResponse extends Omit<ExportResponse, 'errors'> {
  /** Only where the POST had messages of several contacts: all of them, `contact_id` first. */
  contacts?: string[];
  /** One per line of `debug_hints`, in the same order. Absent where the only one is that all went well. */
  debug_hint_details?: HintDetail[];
  /** Of application frames of its errors; only where whoever answers has those files, as they were then. */
  source_lines?: SourceLineDto[];
  /** Only with `links`, when more traces than these continue this one. */
  more_links?: true;
  /** Only with `max_value_bytes`, when a value was larger. */
  omitted?: OmittedValue[];
  /** Only with `max_events`, when there were more: how many are not in this answer. */
  left_out?: { events: number; errors: number };
  /** Somebody wants it kept: neither retention nor `clear` takes it. */
  pinned?: true;
  started_at: string;
  ended_at: string | null;
  traceparent: string;
  webhook: WebhookDto;
  events: EventDto[];
  errors: ErrorDto[];
}

/** One event with all that was recorded of it, however large. */
export interface EventDetailResponse {
  trace_id: string;
  event: EventDto;
  /** Of an event that tells of an error. */
  error?: ErrorDto;
  /** Of the event that the webhook came with. */
  webhook?: Pick<WebhookDto, 'body'>;
}

export interface LastErrorResponse extends FullTraceResponse {
  error_summary: { count: number; first_error: ErrorDto | null; locations: string[] };
  /** The command that exports this trace. */
  export_command: string;
}

export interface TraceListItem {
  trace_id: string;
  contact_id: string;
  /** Only where the POST had messages of several contacts: all of them, `contact_id` first. */
  contacts?: string[];
  started_at: string;
  duration_ms: number;
  status: TraceStatus;
  message: string | null;
  errors: number;
  events: number;
  /** `supervisor → sofia`, or `null` when nothing was routed. */
  route: string | null;
  /** Somebody wants it kept. */
  pinned?: true;
  /** Id of the trace that it continues, as its carrier has it. Only where it came from a carrier. */
  continues?: string;
}

export interface TracesResponse {
  count: number;
  traces: TraceListItem[];
  /** Give it as `before` for the next page; `null` on the last. */
  next: string | null;
  /** Only when `q` could not be looked for in all payloads in the time there is: older traces may have it too. */
  partial?: true;
}

export interface PinResponse {
  trace_id: string;
  pinned: boolean;
}

export interface ActiveResponse {
  count: number;
  traces: (TraceListItem & {
    events_so_far: number;
    /** The innermost span that has not ended. */
    open_span: { span_id: string; type: string; name: string; started_at: string; open_ms: number } | null;
  })[];
}

export interface StepStats {
  count: number;
  errors: number;
  average_duration_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
}

export interface StatsResponse {
  since: string | null;
  until: string | null;
  total_traces: number;
  /** Traces that have failed: status `error`, `timeout`, `interrupted` or `silent`. */
  error_traces: number;
  /** Share of failed traces, 0 to 1. */
  error_rate: number;
  average_duration_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  /** `{ "supervisor → sofia": 12 }`. */
  agent_routing: Record<string, number>;
  tools: Record<string, number>;
  /** Spans of agents, and tool calls, by name; most often used first. */
  by_agent?: Record<string, StepStats>;
  by_tool?: Record<string, StepStats>;
  active_traces: number;
  by_status: Record<TraceStatus, number>;
  histogram: { from: string; to: string; total: number; errors: number }[];
}

export interface HealthResponse {
  status: 'ok' | 'degraded';
  reasons: string[];
  /** `null`, like the next two: the store does not count. */
  total_traces: number | null;
  active_traces: number | null;
  error_traces: number | null;
  timestamp: string;
  /** `pruned_…`: what retention has taken away, when it has. */
  journal: {
    bytes: number;
    segments: number;
    lag: number;
    pruned_traces?: number;
    pruned_bytes?: number;
    /** The SQLite that holds the index. */
    sqlite?: string;
  };
  dropped: Record<string, number>;
  corrupt_records: number;
  self_errors: number;
  version: string;
  /** Capabilities that a store of your own has not got (`feed`, `search`, …); questions that need one are a 501. */
  not_supported?: string[];
}

export interface QuickDebugResponse {
  contact_id: string;
  recent_traces: TraceListItem[];
  latest_trace: {
    trace_id: string;
    status: TraceStatus;
    timeline: string[];
    errors: ErrorDto[];
    summary: SummaryDto;
    debug_hints: string[];
    links?: LinkDto[];
  };
  export_commands: string[];
}

export interface ContactResponse {
  contact_id: string;
  count: number;
  traces: TraceListItem[];
  /** Lines of all its traces, oldest first, each with the trace it is from. */
  timeline: { trace_id: string; timestamp: string; line: string }[];
}

/** A place inside a value where two traces differ. A side that lacks the place has no key of its own. */
export interface ValueDifference {
  /** `input.day`, `output[2].free`; empty for the whole value. */
  path: string;
  a?: unknown;
  b?: unknown;
}

export interface StepSide {
  /** The step in its own trace's `events`. */
  seq: number;
  span_id: string | null;
  /** Milliseconds from the trace's start. */
  at_ms: number;
  duration_ms: number | null;
}

export type StepChange = 'same' | 'added' | 'removed' | 'changed' | 'slower' | 'faster';

export interface StepDifference {
  /** From `a` to `b`: `added` is only in `b`, `removed` only in `a`, `slower` took longer in `b`. */
  change: StepChange;
  kind: string;
  name: string | null;
  a: StepSide | null;
  b: StepSide | null;
  /** Also of a step that changed. */
  pace: 'slower' | 'faster' | null;
  /** Inside its data: `input.…`, `output.…`, `outcome`. */
  differences: ValueDifference[];
  /** Further differences that are not told. */
  more_differences: number;
}

export interface ComparedTrace {
  trace_id: string;
  contact_id: string;
  status: TraceStatus;
  started_at: string;
  duration_ms: number;
  webhook_message: string | null;
}

export interface CompareResponse {
  a: ComparedTrace;
  b: ComparedTrace;
  /**
   * How `b` was found: named by its id, or for `last-ok` the newest completed trace of the same contact, of the same
   * route and agent, or of the same route where `a` reached no agent.
   */
  chosen_by: 'id' | 'contact' | 'route_and_agent' | 'route';
  /** Nothing differs but times that do not matter. */
  identical: boolean;
  /** Steps by change. One that changed and took longer counts as both. */
  counts: Record<StepChange, number>;
  /** Of the traces as wholes: status, message, summary, hints. */
  differences: ValueDifference[];
  /** Aligned by kind and name. */
  steps: StepDifference[];
}

/** One message of the stream. `id` also stands in the data, where no interceptor of the application can lose it. */
export type StreamMessage =
  | { type: 'trace.started'; id: string; data: TraceListItem & { id: string; events_so_far: EventDto[] } }
  | { type: 'trace.event'; id: string; data: { id: string; trace_id: string; contact_id: string; event: EventDto } }
  | { type: 'trace.ended'; id: string; data: TraceListItem & { id: string } };

/** What the wide views looked at: they open many traces, so each has a bound and says when it was reached. */
export interface Examined {
  since: string | null;
  until: string | null;
  /** Traces looked at, the newest of the range first. */
  examined: number;
  /** `false`: the range has older traces that were left out. */
  complete: boolean;
}

export interface ErrorGroup {
  fingerprint: string;
  type: string;
  location: string;
  /** Of the newest one. */
  message: string;
  count: number;
  traces: number;
  contacts: number;
  first_seen: string;
  last_seen: string;
  last_trace_id: string;
  /** How many in each of equal parts of the time from `bars_from` to `bars_to`. */
  bars: number[];
}

export interface ErrorGroupsResponse extends Examined {
  bars_from: string | null;
  bars_to: string | null;
  /** The most frequent first. */
  groups: ErrorGroup[];
}

export interface ToolTimes {
  name: string;
  calls: number;
  errors: number;
  p50_ms: number;
  p95_ms: number;
  max_ms: number;
  slowest_trace_id: string;
}

export interface InsightsResponse extends Examined {
  /** Ended traces by when they began and how long they took. A cell that is not listed is empty. */
  heatmap: {
    columns: { from: string; to: string }[];
    /** `to_ms` is `null` in the last row: anything longer. */
    rows: { from_ms: number; to_ms: number | null }[];
    cells: { column: number; row: number; total: number; errors: number }[];
  };
  /** Who handed over to whom, what was used, how it ended: four layers, from `layer` to `layer + 1`. */
  flows: { layer: 0 | 1 | 2; from: string; to: string; count: number }[];
  /** The slowest first, by `p95_ms`; of the newest traces only, `tools_examined` of them. */
  tools: ToolTimes[];
  tools_examined: number;
}

export interface ConversationStep {
  seq: number;
  timestamp: string;
  line: string;
  duration_ms: number | null;
  error: boolean;
}

/** One webhook of a contact as a turn of talk. */
export interface ConversationTurn {
  trace: TraceListItem;
  type: string | null;
  /** `outbound`: a copy of what our side sent. */
  direction: string | null;
  /** Whole, unlike the list's. */
  message: string | null;
  duplicate_of: string | null;
  replies: { timestamp: string; text: string | null; channel: string | null }[];
  steps: ConversationStep[];
  /** Steps that are not in `steps`. */
  more_steps: number;
  lead_score: number | null;
  agent: string | null;
  debug_hints: string[];
}

export interface ConversationResponse {
  contact_id: string;
  count: number;
  /** Oldest first. */
  turns: ConversationTurn[];
  /** Give it as `before` for the turns before these; `null` when there are none. */
  next: string | null;
}
