import { isWriterAlive } from '../journal/writer-identity.js';
import { listSegments, readEnd, readWriter, type SegmentInfo } from '../journal/read/segments.js';
import type { Micros, TraceKey } from '../model/record.js';
import type { CatalogDb } from './db/catalog-db.js';
import type { IndexTransaction } from './indexer/index-transaction.js';
import { decodeTerms } from './tables/trace-terms.js';

interface ActiveWriter {
  writer: number;
}

/** Numbers of the processes that have active traces and are gone: they died, or closed without ending them. */
export function deadWriters(db: CatalogDb, dir: string): number[] {
  const writers = db.all<ActiveWriter>('activeWriters').map(({ writer }) => writer);
  if (writers.length === 0) return [];
  const last = lastSegments(dir);
  const suspects = writers.filter((writer) => !mayGoOn(last.get(writer)));
  if (suspects.length === 0) return [];
  // The seal that was seen may be of a segment that was left for the next one after the listing. The next one exists
  // before the seal does: a listing from after the look has it.
  const now = lastSegments(dir);
  return suspects.filter((writer) => now.get(writer)?.number === last.get(writer)?.number);
}

/** A trace whose process is gone, and the last moment it was heard of. */
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
  tags: string;
}

/** Marks what they left open. Their segments must have been read to the end after `deadWriters` named them. */
export function markInterrupted({ db, rollups }: IndexTransaction, writers: number[]): InterruptedTrace[] {
  return db.write(() => {
    const rows = writers.flatMap((writer) => db.all<EndedRow>('interruptWriter', writer));
    for (const { started_us: startedAt, last_us: lastAt, tags } of rows) {
      rollups.add({ startedAt, endedAt: lastAt, status: 'interrupted', tags: decodeTerms(tags) }, 1);
    }
    return rows.map(interrupted);
  });
}

/** Marked, but no process has written their end: whoever marked them died before, or could not write. */
export function unclosedTraces(db: CatalogDb): InterruptedTrace[] {
  return db.all<InterruptedRow>('untoldInterrupted').map(interrupted);
}

function interrupted({ key, last_us: lastAt }: InterruptedRow): InterruptedTrace {
  return { key, lastAt };
}

/** The newest segment of each writer, by its number. */
function lastSegments(dir: string): Map<number, SegmentInfo> {
  const last = new Map<number, SegmentInfo>();
  for (const segment of listSegments(dir)) {
    if (segment.kept) continue;
    const writer = readWriter(segment.path);
    if (writer) last.set(writer.number, segment);
  }
  return last;
}

/** No segment at all: it was pruned, as those of living processes never are. */
function mayGoOn(segment: SegmentInfo | undefined): boolean {
  if (!segment) return false;
  try {
    const writer = readWriter(segment.path);
    return writer !== undefined && isWriterAlive(writer, segment.mtimeMs) && !readEnd(segment.path).sealed;
  } catch {
    return false;
  }
}
