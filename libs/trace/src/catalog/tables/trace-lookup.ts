import { hash } from 'node:crypto';

/**
 * Names under which a trace is found, as numbers of 48 bits: its ids, the provisional one included, and contacts
 * beside its own. The texts stand in the journal; two of a million have the same number once in 500 years of asking.
 */
export function lookupKeyOfId(traceId: string): number {
  return numberOf(`id:${traceId}`);
}

export function lookupKeyOfContact(contactId: string): number {
  return numberOf(`contact:${contactId}`);
}

export function lookupKeyOfSentMessage(messageId: string): number {
  return numberOf(`sent:${messageId}`);
}

/** Found under it: traces that continue the one with this id. */
export function lookupKeyOfLink(traceId: string): number {
  return numberOf(`link:${traceId}`);
}

function numberOf(text: string): number {
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
