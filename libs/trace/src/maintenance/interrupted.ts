import type { CatalogDb } from '../catalog/db/catalog-db.js';
import type { IndexTransaction } from '../catalog/tables/index-transaction.js';
import { usageShare } from '../catalog/tables/rollups/usage-share.js';
import { repliesOf, usageOf } from '../catalog/tables/trace-row.js';
import { decodeTerms } from '../catalog/tables/trace-terms.js';
import { listSegments, readEnd, readWriter, type SegmentInfo } from '../journal/read/segments.js';
import { isWriterAlive } from '../journal/writer-identity.js';
import type { Micros, TraceKey } from '../model/record.js';

/** A trace whose process is gone, and the time of its last record. */
export interface InterruptedTrace {
  key: TraceKey;
  lastAt: Micros;
}

interface InterruptedRow {
  key: TraceKey;
  last_us: Micros;
}

interface EndedRow extends InterruptedRow {
  started_us: Micros;
  terms: string;
  calls: string | null;
  counts: string;
}

/** Numbers of writers with active traces whose process died, or closed without ending them. */
export function deadWriters(db: CatalogDb, dir: string): number[] {
  const writers = db.all<{ writer: number }>('activeWriters').map(({ writer }) => writer);
  if (writers.length === 0) return [];
  const last = lastSegments(dir, writers);
  const suspects = writers.filter((writer) => !mayGoOn(last.get(writer)));
  if (suspects.length === 0) return [];
  // A writer creates its next segment before it seals the one before. A second listing, made after the seal was seen, contains it.
  const now = lastSegments(dir, suspects);
  return suspects.filter((writer) => now.get(writer)?.number === last.get(writer)?.number);
}

/** Marks the active traces of dead writers. Their segments must have been indexed to the end after `deadWriters` returned. */
export function markInterrupted(
  { db, rollups, terms: names }: IndexTransaction,
  writers: number[],
): InterruptedTrace[] {
  return db.write(() => {
    const rows = writers.flatMap((writer) => db.all<EndedRow>('interruptWriter', writer));
    for (const { started_us: startedAt, last_us: lastAt, terms: text, calls, counts } of rows) {
      const terms = decodeTerms(text);
      const usage = usageShare(usageOf(calls), terms, names);
      const replies = repliesOf(counts);
      rollups.add({ startedAt, endedAt: lastAt, status: 'interrupted', terms, replies, usage }, 1);
    }
    return rows.map(interrupted);
  });
}

/** Marked traces without an end in the journal: the process that marked them died first, or could not write. */
export function unclosedTraces(db: CatalogDb): InterruptedTrace[] {
  return db.all<InterruptedRow>('unclosedInterrupted').map(interrupted);
}

function interrupted({ key, last_us: lastAt }: InterruptedRow): InterruptedTrace {
  return { key, lastAt };
}

/** The newest segment of each of these writers. Headers are read from the newest segment on, until each writer is found. */
function lastSegments(dir: string, writers: readonly number[]): Map<number, SegmentInfo> {
  const last = new Map<number, SegmentInfo>();
  const missing = new Set(writers);
  for (const segment of listSegments(dir).reverse()) {
    if (missing.size === 0) break;
    if (segment.kept) continue;
    const writer = readWriter(segment.path);
    if (writer && missing.delete(writer.number)) last.set(writer.number, segment);
  }
  return last;
}

/** `false` without a segment: it was pruned, and segments of living processes never are. */
function mayGoOn(segment: SegmentInfo | undefined): boolean {
  if (!segment) return false;
  try {
    const writer = readWriter(segment.path);
    return writer !== undefined && isWriterAlive(writer, segment.mtimeMs) && !readEnd(segment.path).sealed;
  } catch {
    return false;
  }
}
