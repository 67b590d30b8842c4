import type { TraceStore } from '../store/port.js';
import { contactHash as hashOf } from './ship/erased-contacts.js';
import type { PendingErasure } from './ship-target.js';

const PAGE = 500;

/**
 * Erases a contact that another instance erased from this directory. A contact that wrote again, and that the directory has only
 * newer traces of, is left.
 */
export async function eraseHere(local: TraceStore, { contactId, contactHash, until }: PendingErasure): Promise<void> {
  const contacts = contactId === null ? await contactsWith(local, contactHash) : [contactId];
  for (const contact of contacts) {
    const { heads } = await local.list({ contactId: contact, limit: PAGE });
    if (heads.length > 0 && heads.length < PAGE && heads.every(({ startedAt }) => startedAt > until)) continue;
    await local.admin?.erase(contact);
  }
}

/** Contacts of the directory's traces whose id has this hash: the id itself is not kept for ever. */
async function contactsWith(local: TraceStore, hash: string): Promise<string[]> {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (let before: string | undefined; ;) {
    const page = await local.list({ limit: PAGE, before });
    for (const contact of page.heads.flatMap((head) => [head.contactId, ...head.contacts])) {
      if (seen.has(contact)) continue;
      seen.add(contact);
      if (hashOf(contact) === hash) found.add(contact);
    }
    if (page.next === null) return [...found];
    before = page.next;
  }
}
