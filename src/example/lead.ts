/** The three agents, by how warm the lead is: maria 1–4, carlos 5–7, sofia 8–10. */
export const AGENT_NAMES = ['maria', 'carlos', 'sofia'] as const;

export type AgentName = (typeof AGENT_NAMES)[number];

/** One message of a contact, as the webhook brings it. */
export interface InboundMessage {
  contactId: string;
  body: string;
}

/** The supervisor's analysis of a message. */
export interface Lead extends InboundMessage {
  /** 1 (cold) to 10 (ready to book). */
  score: number;
  interests: Interest[];
  suggestedAgent: AgentName;
}

export type Interest = 'booking' | 'chosen_time' | 'pricing' | 'company' | 'urgent' | 'information';

/** Each interest, the words that show it, and the points it adds to a score that starts at 1. */
const RULES: readonly { interest: Interest; words: RegExp; points: number }[] = [
  { interest: 'booking', words: /\b(agend\w*|cita|reserv\w*|appointment|book)\b/, points: 7 },
  { interest: 'chosen_time', words: /\ba las \d{1,2}\b/, points: 1 },
  { interest: 'pricing', words: /\b(precios?|costos?|cotizacion|price|quote)\b/, points: 4 },
  { interest: 'company', words: /\b(empresa|negocio|company)\b/, points: 1 },
  { interest: 'urgent', words: /\b(hoy|manana|urgente|today|urgent)\b/, points: 1 },
  { interest: 'information', words: /\b(informacion|info|information)\b/, points: 2 },
];

/** The same message always has the same score: the example has no model. */
export function scoreLead(message: InboundMessage): Lead {
  const text = plainWords(message.body);
  const found = RULES.filter((rule) => rule.words.test(text));
  const points = found.reduce((sum, rule) => sum + rule.points, 1);
  const score = Math.min(10, points);
  return { ...message, score, interests: found.map((rule) => rule.interest), suggestedAgent: agentFor(score) };
}

export function agentFor(score: number): AgentName {
  if (score >= 8) return 'sofia';
  return score >= 5 ? 'carlos' : 'maria';
}

/** Lower case, without accents, so that `cotización` and `cotizacion` are one word. */
export function plainWords(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
