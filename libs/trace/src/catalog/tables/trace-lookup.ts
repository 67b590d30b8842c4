import { hashNumber } from '../../model/hash.js';

/**
 * Names under which a trace is found, as numbers of 48 bits: its ids, the provisional one included, and contacts
 * beside its own. The texts stand in the journal; two of a million have the same number once in 500 years of asking.
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

/** Found under it: traces that continue the one with this id. */
export function lookupKeyOfLink(traceId: string): number {
  return hashNumber(`link:${traceId}`);
}
