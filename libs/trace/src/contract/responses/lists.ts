import type { TraceStatus } from '../../model/status.js';
import type { ErrorDto, LinkDto, SummaryDto } from './trace.js';

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
  /** `supervisor → sofia`; `null` where nothing was routed. */
  route: string | null;
  /** Pinned: retention and `clear` keep it. */
  pinned?: true;
  /** Id of the trace that it continues, from its carrier; only where it has one. */
  continues?: string;
}

export interface TracesResponse {
  count: number;
  traces: TraceListItem[];
  /** Cursor: the `before` of the next page; `null` on the last page. */
  next: string | null;
  /** Only when `q` was not searched in all payloads within the time limit: older traces may match too. */
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
    /** The innermost open span. */
    open_span: { span_id: string; type: string; name: string; started_at: string; open_ms: number } | null;
  })[];
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
  /** Lines of all its traces, oldest first, each with its trace. */
  timeline: { trace_id: string; timestamp: string; line: string }[];
}
