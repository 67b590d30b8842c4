import type { AgentName, Lead } from '../lead.js';

/** What an agent makes of a lead: an answer, somebody else's turn, or nothing to say. */
export type AgentDecision =
  | { kind: 'reply'; text: string }
  | { kind: 'hand_off'; to: AgentName; reason: string }
  | { kind: 'no_reply'; reason: string };

export interface Agent {
  answer(lead: Lead): Promise<AgentDecision>;
}
