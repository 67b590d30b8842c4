import { hashNumber } from '../../model/hash.js';

/**
 * Keys of the lookup table: hashes of 48 bits of a trace's ids, the provisional one included, of its further contacts, links and
 * sent messages. The texts themselves are in the journal. Two of a million texts collide with a probability of 1 in 560.
 */
export function lookupKeyOfId(traceId: string): number {
  return hashNumber(`id:${traceId}`);
}

export function lookupKeyOfContact(contactId: string): number {
  return hashNumber(`contact:${contactId}`);
}

export function lookupKeyOfSentMessage(messageId: string): number {
  return hashNumber(`sent:${messageId}`);
}

/** Leads to the traces that continue the one with this id. */
export function lookupKeyOfLink(traceId: string): number {
  return hashNumber(`link:${traceId}`);
}
