import { decodeLine, sealLine } from '../../journal/codec/codec.js';
import { MAX_READ_BYTES, NEWLINE } from '../../journal/codec/format.js';
import type { Overwrite } from '../../journal/write/overwrite.js';
import { readPrivate } from '../../journal/files/private-file.js';
import { listSegments } from '../../journal/read/segments.js';
import type { JournalRecord } from '../../model/record.js';
import type { CatalogDb } from '../../catalog/db/catalog-db.js';
import { mentionsOf, originalsIn } from './contact-mentions.js';
import { deleteTraces } from '../../catalog/indexer/delete-trace.js';
import { scrubFreePages } from './scrub-free-pages.js';
import { unpackByteRanges } from '../../catalog/tables/byte-ranges.js';
import type { IndexTransaction } from '../../catalog/tables/index-transaction.js';
import { reindexTrace } from '../../catalog/indexer/reindex-trace.js';
import { folded } from '../../model/text.js';
import { overwriteIndexed } from '../../catalog/tables/segments/segment-mark.js';
import { lookupKeyOfContact, lookupKeyOfLink } from '../../catalog/tables/trace-lookup.js';

interface ContactTrace {
  id: number;
  key: string;
  trace_id: string;
  status: string;
  started_us: number;
  /** Of its message. */
  beginning: string | null;
}

/** So much of a message is looked for where it was; less might be anybody's. */
const MIN_WORDS = 12;
/** The CRC's member: never part of a mention. */
const PREFIX_BYTES = 18;

/**
 * Erases a contact: its traces' records become blank where they lie, those of a POST that it shares with others
 * included; its id in other traces' records becomes asterisks; rows, free pages and the write-ahead log go too.
 */
export function eraseContact(ledger: IndexTransaction, dir: string, contactId: string): { removed: number } {
  const { db, baselines, textFilters, terms } = ledger;
  const mentions = mentionsOf(contactId);
  let texts = mentions;
  let words: Buffer[] = [];
  const removed = db.write(() => {
    const traces = tracesOf(db, contactId);
    const own = ownLines(db, traces);
    words = [...wordsOf(traces), ...(mentions.length === 0 ? idsOf(traces) : [])];
    texts = [...mentions, ...linkedIds(db, traces)];
    const touched = new Set<string>();
    for (const segment of listSegments(dir)) {
      const { number, path } = segment;
      const lines = own.get(number) ?? new Map<number, Overwrite>();
      // A segment is at most 64 MiB, and this is no hot path: read in one piece.
      if (texts.length > 0) {
        const bytes = readPrivate(path, MAX_READ_BYTES);
        findMentions(bytes, [...texts, ...originalsIn(bytes, contactId)], lines, touched);
      }
      if (lines.size > 0) overwriteIndexed(db, segment, lines.values());
    }
    deleteTraces(
      ledger,
      traces.map(({ id }) => id),
    );
    // What an active one still writes is erased as it is indexed.
    for (const { key, status } of traces) {
      if (status !== 'active') continue;
      db.run('addErased', key);
      db.changes?.erased(key);
    }
    for (const key of touched) reindexTrace(ledger, dir, key);
    for (const { started_us: at } of traces) textFilters.rebuild(at, (from, to) => textsOf(db, from, to));
    terms.deleteUnused();
    baselines.erase(mentions.map((text) => text.toString()));
    return traces.length;
  });
  scrubFreePages(db, [...texts, ...words]);
  return { removed };
}

/** Its own, and those of requests that it shares with others. */
function tracesOf(db: CatalogDb, contactId: string): ContactTrace[] {
  const own = db.all<ContactTrace>('tracesOfContact', contactId);
  const shared = db.all<ContactTrace>('tracesByLookup', lookupKeyOfContact(contactId));
  return [...new Map([...own, ...shared].map((trace) => [trace.id, trace])).values()];
}

/** What a search may find in the traces that began then. */
function textsOf(db: CatalogDb, from: number, to: number): string[] {
  const rows = db.all<Record<string, string | null>>('searchTexts', from, to);
  return rows.flatMap((row) => Object.values(row)).flatMap((text) => (text ? [folded(text)] : []));
}

/** Ids of these traces that other traces hold as their link. A short contact's id alone is too common to look for. */
function linkedIds(db: CatalogDb, traces: ContactTrace[]): Buffer[] {
  return traces
    .filter(({ trace_id }) => db.get('hasLookup', lookupKeyOfLink(trace_id)))
    .map(({ trace_id: id }) => Buffer.from(id));
}

/** How the messages of these traces begin, as far as they could be told from any other's. */
function wordsOf(traces: ContactTrace[]): Buffer[] {
  const words = new Set(traces.map(({ beginning }) => beginning ?? '').filter((text) => text.length >= MIN_WORDS));
  return Array.from(words, (text) => Buffer.from(text));
}

/** An id that is too short to be looked for is found beside these: the ids of its traces. */
function idsOf(traces: ContactTrace[]): Buffer[] {
  return traces.map(({ trace_id: id }) => Buffer.from(id));
}

/** By segment and offset, the lines of these traces. */
function ownLines(db: CatalogDb, traces: ContactTrace[]): Map<number, Map<number, Overwrite>> {
  const own = new Map<number, Map<number, Overwrite>>();
  for (const { id } of traces) {
    for (const { segment, byte_ranges: packed } of db.all<{ segment: number; byte_ranges: Uint8Array }>(
      'extents',
      id,
    )) {
      const lines = own.get(segment) ?? new Map<number, Overwrite>();
      own.set(segment, lines);
      const spans = unpackByteRanges(packed);
      for (let i = 0; i + 1 < spans.length; i += 2) lines.set(spans[i]!, { offset: spans[i]!, length: spans[i + 1]! });
    }
  }
  return own;
}

function findMentions(bytes: Buffer, texts: Buffer[], lines: Map<number, Overwrite>, touched: Set<string>): void {
  for (const text of texts) {
    for (let at = bytes.indexOf(text); at !== -1;) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const found = bytes.indexOf(NEWLINE, at);
      const end = found === -1 ? bytes.length : found;
      if (found !== -1 && !lines.has(start)) {
        const change = maskLine(bytes.subarray(start, end + 1), texts, touched);
        if (change) lines.set(start, { offset: start, ...change });
      }
      at = bytes.indexOf(text, end);
    }
  }
}

/** The line without the texts, as long as before. A line that cannot be kept whole that way becomes blank. */
function maskLine(line: Buffer, texts: Buffer[], touched: Set<string>): { length: number; line?: Buffer } | undefined {
  const before = decodeLine(line, 0, line.length - 1);
  const masked = Buffer.from(line);
  for (const text of texts) {
    // An id of digits may stand as a number, where an asterisk would break the JSON.
    const filler = text.every((byte) => byte >= 0x30 && byte <= 0x39) ? 0x30 : 0x2a;
    for (let at = masked.indexOf(text, PREFIX_BYTES); at !== -1; at = masked.indexOf(text, at + text.length)) {
      masked.fill(filler, at, at + text.length);
    }
  }
  sealLine(masked);
  const after = decodeLine(masked, 0, masked.length - 1);
  if (!before || !after) return { length: line.length };
  // The "mention" was our own numbering, which names nobody.
  if (!sameRecord(before, after)) return undefined;
  if ('trace' in before) touched.add(before.trace);
  return { length: line.length, line: masked };
}

function sameRecord(a: JournalRecord, b: JournalRecord): boolean {
  const names = ['kind', 'seq', 'ts', 'trace', 'span', 'boot', 'writer', 'writer_id', 'process'];
  return names.every((name) => (a as never)[name] === (b as never)[name]);
}
