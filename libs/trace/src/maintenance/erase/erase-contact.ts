import { MAX_READ_BYTES } from '../../journal/codec/format.js';
import type { Overwrite } from '../../journal/write/overwrite.js';
import { readPrivate } from '../../journal/files/private-file.js';
import { listSegments } from '../../journal/read/segments.js';
import type { CatalogDb } from '../../catalog/db/catalog-db.js';
import { blankLines } from '../extents.js';
import { mentionsOf, originalsIn } from './contact-mentions.js';
import { findMentions } from './mask-lines.js';
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
  /** Beginnings of its message, of its reply, and of its first error as JSON. */
  beginning: string | null;
  replied: string | null;
  failed: string | null;
}

/** Characters of a text by which its remains are found in the file; a shorter one may be another trace's as well. */
const MIN_WORDS = 12;

/**
 * Erases a contact: overwrites the records of its traces with blanks, also those of a POST that it shares with other contacts;
 * replaces its id in the records of other traces by asterisks; deletes its rows, their remains in free pages, and the
 * write-ahead log.
 */
export function eraseContact(tx: IndexTransaction, dir: string, contactId: string): { removed: number } {
  const { db, baselines, textFilters, terms } = tx;
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
      // A segment has at most 64 MiB and is read in one piece.
      if (texts.length > 0) {
        const bytes = readPrivate(path, MAX_READ_BYTES);
        findMentions(bytes, [...texts, ...originalsIn(bytes, contactId)], lines, touched);
      }
      if (lines.size > 0) overwriteIndexed(db, segment, lines.values());
    }
    deleteTraces(
      tx,
      traces.map(({ id }) => id),
    );
    // Later records of an active trace are erased as they are indexed.
    for (const { key, status } of traces) {
      if (status !== 'active') continue;
      db.run('addErased', key);
      db.changes?.erased(key);
    }
    for (const key of touched) reindexTrace(tx, dir, key);
    for (const { started_us: at } of traces) textFilters.rebuild(at, (from, to) => textsOf(db, from, to));
    terms.deleteUnused();
    baselines.erase(mentions.map((text) => text.toString()));
    return traces.length;
  });
  scrubFreePages(db, [...texts, ...words]);
  return { removed };
}

/** The contact's own traces, and those of requests that it shares with other contacts. */
function tracesOf(db: CatalogDb, contactId: string): ContactTrace[] {
  const own = db.all<ContactTrace>('tracesOfContact', contactId);
  const shared = db.all<ContactTrace>('tracesByLookup', lookupKeyOfContact(contactId));
  return [...new Map([...own, ...shared].map((trace) => [trace.id, trace])).values()];
}

/** The texts that search covers, of traces that began in this range. */
function textsOf(db: CatalogDb, from: number, to: number): string[] {
  const rows = db.all<Record<string, string | null>>('searchTexts', from, to);
  return rows.flatMap((row) => Object.values(row)).flatMap((text) => (text ? [folded(text)] : []));
}

/** Ids of these traces that other traces hold as their link. */
function linkedIds(db: CatalogDb, traces: ContactTrace[]): Buffer[] {
  return traces
    .filter(({ trace_id }) => db.get('hasLookup', lookupKeyOfLink(trace_id)))
    .map(({ trace_id: id }) => Buffer.from(id));
}

/** Beginnings of the texts of these traces that are long enough to be distinct. */
function wordsOf(traces: ContactTrace[]): Buffer[] {
  const texts = traces.flatMap(({ beginning, replied, failed }) => [beginning ?? '', replied ?? '', failed ?? '']);
  const words = new Set(texts.filter((text) => text.length >= MIN_WORDS));
  return Array.from(words, (text) => Buffer.from(text));
}

/** The traces' ids, which lead to the remains of a contact whose own id is too short to search for. */
function idsOf(traces: ContactTrace[]): Buffer[] {
  return traces.map(({ trace_id: id }) => Buffer.from(id));
}

/** The lines of these traces, by segment and offset. */
function ownLines(db: CatalogDb, traces: ContactTrace[]): Map<number, Map<number, Overwrite>> {
  const own = new Map<number, Map<number, Overwrite>>();
  for (const { id } of traces) {
    for (const { segment, byte_ranges: packed } of db.all<{ segment: number; byte_ranges: Uint8Array }>(
      'extents',
      id,
    )) {
      const lines = own.get(segment) ?? new Map<number, Overwrite>();
      own.set(segment, lines);
      for (const line of blankLines(unpackByteRanges(packed))) lines.set(line.offset, line);
    }
  }
  return own;
}
