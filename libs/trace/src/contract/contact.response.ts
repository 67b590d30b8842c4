import type { TraceStatus } from '../model/status.js';
import type { ErrorDto, SummaryDto } from './event.response.js';
import type { UsageDto } from './usage.response.js';
import type { Degradable } from './instances.response.js';
import type { TraceListItem } from './lists.response.js';
import type { LinkDto } from './trace.response.js';

/** The traces of a contact with one timeline over all of them. */
export interface ContactResponse extends Degradable {
  /** Id of the contact. */
  contact_id: string;
  /** Number of traces in this response. */
  count: number;
  /** The traces, newest first. */
  traces: TraceListItem[];
  /** Model calls of these traces with their tokens and cost. Absent: none. */
  usage?: UsageDto;
  /** Lines of all these traces, oldest first, each with its trace. */
  timeline: { trace_id: string; timestamp: string; line: string }[];
}

/** First look at a contact: its newest traces, and the latest one in detail. */
export interface QuickDebugResponse extends Degradable {
  /** Id of the contact. */
  contact_id: string;
  /** The newest traces, newest first. */
  recent_traces: TraceListItem[];
  /** The latest trace, without its events. */
  latest_trace: {
    trace_id: string;
    status: TraceStatus;
    timeline: string[];
    errors: ErrorDto[];
    summary: SummaryDto;
    debug_hints: string[];
    links?: LinkDto[];
  };
  /** Commands that export the latest trace and those that failed. */
  export_commands: string[];
}

/** A step of a conversation turn. */
export interface ConversationStep {
  /** `seq` of its event. */
  seq: number;
  /** When it happened or began: ISO 8601, UTC. */
  timestamp: string;
  /** The event in words, icon first. */
  line: string;
  /** Milliseconds; `null`: a point in time, or a span that is still open. */
  duration_ms: number | null;
  /** The step is an error, or ended with one. */
  error: boolean;
}

/** A reply that a provider refused. A key whose value was not recorded is absent. */
export interface RefusedReply {
  /** `seq` of its event. */
  seq: number;
  /** When it was refused: ISO 8601, UTC. */
  timestamp: string;
  /** The text that was refused. */
  text?: string;
  /** The channel it was for. */
  channel?: string;
  /** The provider that refused it. */
  provider?: string;
  /** HTTP status of the refusal. */
  status?: number;
  /** The provider's error code. */
  code?: string;
  /** The provider's reason. */
  reason?: string;
}

/** One webhook of a contact as a turn of the conversation. */
export interface ConversationTurn {
  /** The trace of the webhook. */
  trace: TraceListItem;
  /** Name of the dialect, or the name that `runInTrace` was given. */
  type: string | null;
  /** `outbound`: a copy of what our side sent. */
  direction: string | null;
  /** The contact's message in full; lists shorten it. */
  message: string | null;
  /** Id of the first trace with the same message; `null`: none. */
  duplicate_of: string | null;
  /**
   * Replies in the order they were sent; `null` where the text or the channel was not recorded. `via`: `http` for a reply
   * that was seen in a call to its provider, `response` for one in the response of the webhook. Absent: the application
   * reported it.
   */
  replies: { timestamp: string; text: string | null; channel: string | null; via?: string }[];
  /** Replies that a provider refused, in the order they were tried. Absent: none. */
  refusals?: RefusedReply[];
  /** The first 60 steps. */
  steps: ConversationStep[];
  /** Number of steps that are not in `steps`. */
  more_steps: number;
  /** Last lead score of the trace; `null`: none was recorded. */
  lead_score: number | null;
  /** The agent that had the conversation last; `null`: none. */
  agent: string | null;
  /** What went wrong or is unusual, one line each. */
  debug_hints: string[];
}

/** A page of a contact's conversation. */
export interface ConversationResponse extends Degradable {
  /** Id of the contact. */
  contact_id: string;
  /** Number of turns in this response. */
  count: number;
  /** Model calls of these turns with their tokens and cost. Absent: none. */
  usage?: UsageDto;
  /** The turns, oldest first. */
  turns: ConversationTurn[];
  /** Cursor of the turns before these, for `before`; `null` when there are none. */
  next: string | null;
}
