import type { AgentName, Lead } from '../lead.js';

/** The decision of an agent about a lead: a reply, a hand-over to another agent, or no reply. */
export type AgentDecision =
  | { kind: 'reply'; text: string }
  | { kind: 'hand_off'; to: AgentName; reason: string }
  | { kind: 'no_reply'; reason: string };

export interface Agent {
  answer(lead: Lead): Promise<AgentDecision>;
}
