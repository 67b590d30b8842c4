import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { factsIn } from '../../model/vocabulary.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { folded } from '../../model/text.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { MAX_MESSAGE } from '../tables/trace-row.js';

/** Characters of a message, and of an error, that text search covers. */
const MAX_SEARCH = 2_000;
/** Sent messages of one trace whose ids are indexed: a campaign sends thousands from one trace. */
const MAX_SENT = 100;

/** Lookup keys that lead to one trace exactly, and its texts that a search covers. */
export class TraceTexts {
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
    switch (record.kind) {
      case 'open':
        if (record.link !== undefined) this.lead(lookupKeyOfLink(record.link));
        return;
      case 'identify':
        // The provisional id is in logs only, and may be looked up from there.
        if (oldId !== record.id && oldId !== record.trace) this.lead(lookupKeyOfId(oldId));
        for (const contact of record.contacts ?? []) if (contact !== record.contact) this.alsoOf(contact);
        if (record.alias !== undefined) this.alsoOf(record.alias);
        if (record.message) this.noteMessage(record.message);
        return;
      case 'contact':
        if (record.before !== undefined) this.alsoOf(record.before);
        return;
      case 'event':
        return this.noteSent(factsIn(record).messageId);
      case 'error':
        return this.search(`${record.location}: ${record.type}: ${record.message}`);
      default:
    }
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

  private alsoOf(contact: string): void {
    this.lead(lookupKeyOfContact(contact));
    this.search(contact);
  }

  /** Search covers the message to its limit. The row holds its beginning. */
  private noteMessage(message: string): void {
    this.freshTexts.push(message.slice(0, MAX_MESSAGE));
    // Includes the beginning, so that no word is divided.
    if (message.length > MAX_MESSAGE) this.search(message.slice(0, MAX_SEARCH));
  }

  private noteSent(id: string | undefined): void {
    if (id === undefined || this.sent >= MAX_SENT) return;
    this.sent += 1;
    this.lead(lookupKeyOfSentMessage(id));
  }

  private lead(lookupKey: number): void {
    if (this.known.has(lookupKey)) return;
    this.known.add(lookupKey);
    this.freshKeys.add(lookupKey);
  }

  private search(text: string): void {
    if (this.length >= 2 * MAX_SEARCH) return;
    const kept = text.slice(0, MAX_SEARCH);
    this.texts.push(kept);
    this.freshTexts.push(kept);
    this.length += kept.length;
  }
}
