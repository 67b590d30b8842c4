import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { factsIn } from '../../model/vocabulary.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { folded } from '../../model/text.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { MAX_MESSAGE } from '../tables/trace-row.js';

/** What text search sees of a message, and of an error. */
const MAX_SEARCH = 2_000;
/** Messages of one trace whose ids are indexed: a campaign sends thousands from one trace. */
const MAX_SENT = 100;

/** What one trace is found by: names that lead to it exactly, and texts that a search looks into. */
export class TraceTexts {
  private readonly known: Set<number>;
  private readonly freshNames = new Set<number>();
  private readonly freshTexts: string[] = [];
  private readonly texts: string[];
  private length = 0;
  private sent = 0;
  /** The id and the contact that are noted already. */
  private notedId = '';
  private notedContact = '';

  /**
   * @param stored `text`, and the numbers in `names`, of a trace that the catalog has
   */
  constructor(stored = '', names: readonly number[] = []) {
    this.texts = stored === '' ? [] : [stored];
    this.length = stored.length;
    this.known = new Set(names);
  }

  /** Texts that are in no other column. */
  get text(): string {
    return this.texts.join('\n');
  }

  /** Names beside its id. */
  get names(): string {
    return JSON.stringify([...this.known]);
  }

  note(record: TraceRecord, oldId: string): void {
    switch (record.kind) {
      case 'open':
        if (record.link !== undefined) this.name(lookupKeyOfLink(record.link));
        return;
      case 'identify':
        // The provisional id went out with nothing but logs, but somebody may have it from there.
        if (oldId !== record.id && oldId !== record.trace) this.name(lookupKeyOfId(oldId));
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

  /** Writes what is new. The trace has its place in time. */
  save({ db, textFilters }: IndexTransaction, { key, traceId, contactId, startedAt }: TraceHead, epoch: number): void {
    if (traceId !== this.notedId) {
      this.notedId = traceId;
      this.freshNames.add(lookupKeyOfId(traceId));
      this.freshTexts.push(traceId);
    }
    if (contactId !== this.notedContact) {
      this.notedContact = contactId;
      this.freshTexts.push(contactId);
    }
    for (const name of this.freshNames) db.run('addLookup', epoch, name, key);
    this.freshNames.clear();
    for (const text of this.freshTexts) textFilters.note(startedAt, folded(text));
    this.freshTexts.length = 0;
  }

  /** All of it is new again. */
  renew(message: string | null): void {
    this.notedId = this.notedContact = '';
    for (const name of this.known) this.freshNames.add(name);
    this.freshTexts.push(...this.texts, message ?? '');
  }

  private alsoOf(contact: string): void {
    this.name(lookupKeyOfContact(contact));
    this.search(contact);
  }

  /** The row has its beginning. */
  private noteMessage(message: string): void {
    this.freshTexts.push(message.slice(0, MAX_MESSAGE));
    // With what stands before it, so that no word is cut in two.
    if (message.length > MAX_MESSAGE) this.search(message.slice(0, MAX_SEARCH));
  }

  private noteSent(id: string | undefined): void {
    if (id === undefined || this.sent >= MAX_SENT) return;
    this.sent += 1;
    this.name(lookupKeyOfSentMessage(id));
  }

  private name(name: number): void {
    if (this.known.has(name)) return;
    this.known.add(name);
    this.freshNames.add(name);
  }

  private search(text: string): void {
    if (this.length >= 2 * MAX_SEARCH) return;
    const kept = text.slice(0, MAX_SEARCH);
    this.texts.push(kept);
    this.freshTexts.push(kept);
    this.length += kept.length;
  }
}
