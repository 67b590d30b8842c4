import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { folded } from '../../model/text.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { MAX_MESSAGE } from '../tables/trace-row.js';
import { MAX_SEARCH, MAX_SENT, noteLeads, type LeadKind, type LeadSink } from './trace-leads.js';

const LOOKUP_KEYS: Readonly<Record<LeadKind, (value: string) => number>> = {
  link: lookupKeyOfLink,
  old: lookupKeyOfId,
  contact: lookupKeyOfContact,
  sent: lookupKeyOfSentMessage,
};

/** Lookup keys that lead to one trace exactly, and its texts that a search covers. */
export class TraceTexts implements LeadSink {
  private readonly known: Set<number>;
  private readonly freshKeys = new Set<number>();
  private readonly freshTexts: string[] = [];
  private readonly texts: string[];
  private length = 0;
  private sent = 0;
  /** The id and the contact that were written last. */
  private notedId = '';
  private notedContact = '';

  /**
   * @param stored `text` of a trace that is in the catalog
   * @param lookupKeys its `lookupKeys`, as numbers
   */
  constructor(stored = '', lookupKeys: readonly number[] = []) {
    this.texts = stored === '' ? [] : [stored];
    this.length = stored.length;
    this.known = new Set(lookupKeys);
  }

  /** Texts that no other column holds. */
  get text(): string {
    return this.texts.join('\n');
  }

  /** Keys beside that of its id. */
  get lookupKeys(): string {
    return JSON.stringify([...this.known]);
  }

  note(record: TraceRecord, oldId: string): void {
    noteLeads(record, oldId, this);
  }

  lead(kind: LeadKind, value: string): void {
    if (kind === 'sent' && (this.sent += 1) > MAX_SENT) return;
    const lookupKey = LOOKUP_KEYS[kind](value);
    if (this.known.has(lookupKey)) return;
    this.known.add(lookupKey);
    this.freshKeys.add(lookupKey);
  }

  search(text: string): void {
    if (this.length >= 2 * MAX_SEARCH) return;
    const kept = text.slice(0, MAX_SEARCH);
    this.texts.push(kept);
    this.freshTexts.push(kept);
    this.length += kept.length;
  }

  /** Search covers the message to its limit. The row holds its beginning. */
  message(text: string): void {
    this.freshTexts.push(text.slice(0, MAX_MESSAGE));
    // Includes the beginning, so that no word is divided.
    if (text.length > MAX_MESSAGE) this.search(text.slice(0, MAX_SEARCH));
  }

  /** Writes new keys and texts. `enter` has counted the trace. */
  save(
    { db, textFilters }: IndexTransaction,
    { key, traceId, contactId, startedAt }: TraceHead,
    partition: number,
  ): void {
    if (traceId !== this.notedId) {
      this.notedId = traceId;
      this.freshKeys.add(lookupKeyOfId(traceId));
      this.freshTexts.push(traceId);
    }
    if (contactId !== this.notedContact) {
      this.notedContact = contactId;
      this.freshTexts.push(contactId);
    }
    for (const lookupKey of this.freshKeys) db.run('addLookup', partition, lookupKey, key);
    this.freshKeys.clear();
    for (const text of this.freshTexts) textFilters.note(startedAt, folded(text));
    this.freshTexts.length = 0;
  }

  /** Marks all keys and texts as new. */
  renew(message: string | null): void {
    this.notedId = this.notedContact = '';
    for (const lookupKey of this.known) this.freshKeys.add(lookupKey);
    this.freshTexts.push(...this.texts, message ?? '');
  }
}
