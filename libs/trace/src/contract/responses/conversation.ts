import type { TraceListItem } from './lists.js';

export interface ConversationStep {
  seq: number;
  timestamp: string;
  line: string;
  duration_ms: number | null;
  error: boolean;
}

/** One webhook of a contact as a turn of the conversation. */
export interface ConversationTurn {
  trace: TraceListItem;
  type: string | null;
  /** `outbound`: a copy of what our side sent. */
  direction: string | null;
  /** The whole message; a list shortens it. */
  message: string | null;
  duplicate_of: string | null;
  replies: { timestamp: string; text: string | null; channel: string | null }[];
  steps: ConversationStep[];
  /** Number of steps that are not in `steps`. */
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
  /** Cursor: the `before` of the older turns; `null` where there are none. */
  next: string | null;
}
