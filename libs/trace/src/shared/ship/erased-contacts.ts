import { createHash } from 'node:crypto';
import type { Micros, TraceKey, TraceRecord } from '../../model/record.js';
import type { PendingErasure } from '../ship-target.js';

/** Erasures, and traces of erased contacts, that are kept in memory. The oldest leave it first. */
const MAX_KEPT = 10_000;

/** Contacts whose records are not shipped any more, and their traces. */
export class ErasedContacts {
  /** Lines that were left out. */
  leftOut = 0;
  /** Ends of the erasures by SHA-256 of the contact. */
  private readonly until = new Map<string, Micros>();
  private readonly traces = new Set<TraceKey>();

  /** Returns whether the erasure is new. */
  add({ contactHash: hash, until }: Pick<PendingErasure, 'contactHash' | 'until'>): boolean {
    const known = this.until.get(hash);
    if (known !== undefined && known >= until) return false;
    this.until.delete(hash);
    this.until.set(hash, until);
    removeOldest(this.until);
    return true;
  }

  /** Whether the line is left out: with it begins the rest of a trace of an erased contact, or it is in that. */
  leavesOut(key: TraceKey, record: TraceRecord): boolean {
    if (this.until.size === 0) return false;
    if (!this.traces.has(key)) {
      if (!contactsIn(record).some((contact) => record.ts <= (this.until.get(contactHash(contact)) ?? -1)))
        return false;
      this.traces.add(key);
      removeOldest(this.traces);
    }
    this.leftOut += 1;
    return true;
  }
}

/** SHA-256 of a contact's id, in hexadecimal digits. */
export function contactHash(contact: string): string {
  return createHash('sha256').update(contact).digest('hex');
}

function contactsIn(record: TraceRecord): string[] {
  if (record.kind === 'contact')
    return record.before === undefined ? [record.contact] : [record.contact, record.before];
  if (record.kind !== 'identify') return [];
  const { contact, contacts = [], alias } = record;
  return alias === undefined ? [contact, ...contacts] : [contact, alias, ...contacts];
}

function removeOldest(all: Map<string, unknown> | Set<string>): void {
  for (const key of all.keys()) {
    if (all.size <= MAX_KEPT) return;
    all.delete(key);
  }
}
