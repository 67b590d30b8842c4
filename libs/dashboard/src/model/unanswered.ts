import type { ConversationTurn } from '../api/responses.js';

/** The webhook is a copy of a message that our side sent. */
export const isOurs = ({ direction }: Pick<ConversationTurn, 'direction'>): boolean => direction === 'outbound';

/**
 * The contact wrote something in this turn: a receipt has no message, and a copy of a sent message is not the
 * contact's.
 */
export function isMessage(turn: Pick<ConversationTurn, 'direction' | 'message'>): boolean {
  return !isOurs(turn) && turn.message !== null && turn.message !== '';
}

/** A message of the contact with no recorded reply, here or in a linked trace. A redelivery needs none. */
export function isUnanswered(turn: ConversationTurn): boolean {
  const { replies, trace, duplicate_of, debug_hints } = turn;
  if (replies.length > 0 || trace.status === 'active' || duplicate_of !== null || !isMessage(turn)) return false;
  return !debug_hints.some((hint) => hint.startsWith('🔗 The reply was sent in'));
}
