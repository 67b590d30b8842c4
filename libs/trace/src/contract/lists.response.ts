import type { AttributeValue } from '../model/attributes.js';
import type { TraceStatus } from '../model/status.js';
import type { Degradable } from './instances.response.js';
import type { HintDetail } from './trace.response.js';
import type { UsageDto } from './usage.response.js';

/** A trace as one row of a list. */
export interface TraceListItem {
  /** Public id of the trace. */
  trace_id: string;
  /** Id of the contact; `unknown` where none was found. */
  contact_id: string;
  /** All contacts of a POST with messages of several, `contact_id` first. Absent: there is one contact. */
  contacts?: string[];
  /** Start of the trace: ISO 8601, UTC. */
  started_at: string;
  /** Milliseconds from the start to the end, or to now while the trace runs. */
  duration_ms: number;
  /** How the trace ended, or `active`. */
  status: TraceStatus;
  /** The message that came in; `null`: the webhook brought none. */
  message: string | null;
  /** Number of errors. */
  errors: number;
  /** The first error. Absent: there is none. */
  error?: FirstError;
  /** Number of events, errors included. */
  events: number;
  /** `supervisor → sofia`, or `null` when nothing was routed. */
  route: string | null;
  /** The trace is pinned: retention and `clear` keep it. */
  pinned?: true;
  /** Model calls with their tokens and cost. Absent: none. */
  usage?: UsageDto;
  /** Models that were called. Absent: none. */
  models?: string[];
  /** Tags that `traceTag` set. Absent: none. */
  tags?: Record<string, AttributeValue>;
  /** Number of replies that a provider refused. Absent: none. */
  refused?: number;
  /** Number of replies that were recorded. Absent: none. */
  replies?: number;
  /** The last reply that was recorded, at most 100 characters. Absent: none with a text. */
  reply?: string;
  /** Id of the trace that it continues, as its carrier has it. Absent: it came without a carrier. */
  continues?: string;
  /** Name of the instance that recorded it. Absent: there is no shared store. */
  instance?: string;
}

/** What failed first in a trace, for one line. */
export interface FirstError {
  /** Where it was recorded: a step, a method, a route. */
  location: string;
  /** Its message in one line, at most 200 characters. */
  message: string;
}

/** A page of traces, newest first unless the search asks for another order. */
export interface TracesResponse extends Degradable {
  /** Number of traces on this page. */
  count: number;
  /** The traces of this page. */
  traces: TraceListItem[];
  /** Cursor of the next page, for `before`; `null` on the last. */
  next: string | null;
  /** The text search ran out of time before it read all payloads: older traces may match too. */
  partial?: true;
}

/** Where a text of a search is in a trace. */
export interface TextMatch {
  /** `seq` of the step; `null`: it is in the trace itself. */
  seq: number | null;
  /** The span's type or the event's type; `trace` for the trace itself. */
  kind: string;
  /** Name of the step; `null`: it has none. */
  name: string | null;
  /** Place in the step: `input.day`, `output[2].free`, `message`, `stack`; of the trace `contact_id`, `trace_id` or `message`. */
  place: string;
  /** The text with at most 40 characters around it, in one line. */
  excerpt: string;
}

/** A trace of a list with what its hints say about it. */
export interface TraceFinding extends TraceListItem {
  /** The first hints, at most 3. */
  hints: HintDetail[];
  /** Number of further hints. Absent: none. */
  more_hints?: number;
  /** Id of the first trace with the same message; `null`: none. */
  duplicate_of: string | null;
  /** Tools that ran, each once, at most 20. Absent: none. */
  tools?: string[];
  /** Where the text of the search is. Absent: there is no text, or it was not found by reading the trace. */
  match?: TextMatch;
  /** Cursor for `before`: the page after this trace. */
  cursor: string;
}

/** Traces with their hints, newest first unless the search asks for another order. */
export interface FindingsResponse extends Degradable {
  /** Number of traces in this answer. */
  count: number;
  /** The traces of this answer. */
  traces: TraceFinding[];
  /** Number of traces that were read for it. */
  examined: number;
  /** `false`: there may be more traces like these behind `next`. */
  complete: boolean;
  /** Cursor of the traces that were not read, for `before`; `null`: all were. */
  next: string | null;
  /** The text search ran out of time before it read all payloads: older traces may match too. */
  partial?: true;
}

/** The traces that run now. */
export interface ActiveResponse extends Degradable {
  /** Number of running traces. */
  count: number;
  /** The running traces, with the number of their events and the innermost span that has not ended. */
  traces: (TraceListItem & {
    events_so_far: number;
    open_span: { span_id: string; type: string; name: string; started_at: string; open_ms: number } | null;
  })[];
}
