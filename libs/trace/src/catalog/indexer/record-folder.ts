import { segmentPath } from '../../journal/read/segment-path.js';
import { writerOf } from '../../journal/writer-identity.js';
import { overwriteLines } from '../../journal/write/overwrite.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { JournalRecord, TraceKey } from '../../model/record.js';
import type { LineRange, RecordBatch, RecordConsumer } from '../../pipeline/record-consumer.js';
import type { CatalogDb } from '../db/catalog-db.js';
import { isRefusal, sqliteCode } from '../db/sqlite/sqlite.js';
import type { SegmentRow } from '../tables/segments/segment-row.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { IndexedSegments } from './indexed-segments.js';
import type { IndexedTrace } from './indexed-trace.js';
import { TraceCache } from './trace-cache.js';

export interface FolderOptions {
  /** Leave the journal as it is: lines of erased traces are not blanked. Default: `false`. */
  readOnly?: boolean;
}

/**
 * The first consumer of the journal: folds records into the traces of the catalog. It runs in the caller's transaction,
 * which also holds its checkpoint (the segment's row), so each line counts once.
 */
export class RecordFolder implements RecordConsumer {
  readonly name = 'catalog';
  readonly payloads = false;
  /** Traces that SQLite refused to store. */
  refused = 0;

  private readonly db: CatalogDb;
  private readonly traces: TraceCache;
  /** Traces with records that are not saved yet. */
  private readonly changed = new Set<IndexedTrace>();
  /** Traces of erased contacts: what they still write is erased too. */
  private readonly erased = new Set<TraceKey>();

  constructor(
    private readonly transaction: IndexTransaction,
    private readonly dir: string,
    private readonly segments: IndexedSegments,
    private readonly options: FolderOptions,
  ) {
    this.db = transaction.db;
    this.traces = new TraceCache(transaction, dir);
  }

  /** Folds a batch into the traces and into the row of its segment, both in memory until `flush`. */
  consume({ segment, to, records, lines, corrupt }: RecordBatch): void {
    const row = this.segments.get(segment)!;
    for (let i = 0; i < records.length; i += 1) {
      const line = lines[i]!;
      try {
        this.fold(records[i]!, line, row);
      } catch (error) {
        if (error instanceof TraceCollectorError || isOfDatabase(error)) throw error;
        // Whole, but of a shape that cannot be folded: skipped, so that later lines are indexed.
        row.corrupt += 1;
      }
    }
    row.read = to;
    row.corrupt += corrupt;
  }

  /** Saves the traces that changed. */
  flush(): void {
    for (const trace of this.changed) this.save(trace);
    this.changed.clear();
    this.traces.trim();
  }

  /** Drops the traces in memory: they were changed by others, or a transaction failed. */
  forgetTraces(): void {
    this.changed.clear();
    this.traces.clear();
  }

  /** Reads again which traces are erased. */
  loadErased(): void {
    this.erased.clear();
    for (const { key } of this.db.all<{ key: TraceKey }>('erased')) this.erased.add(key);
  }

  /** Adds traces that another process erased. */
  addErased(keys: Iterable<TraceKey>): void {
    for (const key of keys) {
      this.db.run('addErased', key);
      this.erased.add(key);
    }
  }

  private fold(record: JournalRecord, line: LineRange, row: SegmentRow): void {
    switch (record.kind) {
      case 'segment':
        row.writer = writerOf(record).id;
        return;
      case 'gap':
        row.dropped = JSON.stringify(addCounts(JSON.parse(row.dropped) as Record<string, number>, record.dropped));
        return;
      case 'seal':
        row.sealed = 1;
        return;
      default:
    }
    row.sealed = 0;
    if (record.ts > row.newest) row.newest = record.ts;
    if (record.ts < row.oldest || row.oldest === 0) row.oldest = record.ts;
    if (this.erased.has(record.trace)) return this.blank(row.number, line);
    const trace = this.traces.get(record.trace);
    trace.add(record, row.number, line.offset, line.length);
    this.changed.add(trace);
  }

  private blank(segment: number, line: LineRange): void {
    const path = this.options.readOnly ? undefined : segmentPath(this.dir, segment);
    if (!path) return;
    overwriteLines(path, [line]);
    this.db.changes?.overwritten(segment);
  }

  /** A trace that SQLite refuses for its content does not keep the others out. */
  private save(trace: IndexedTrace): void {
    try {
      trace.save(this.transaction);
      this.transaction.baselines.learn(trace.head, trace.sample);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused += 1;
      this.traces.delete(trace.head.key);
    }
  }
}

/** A lock that is held or a full disk is no fault of the line: the transaction fails, and the line is read again. */
function isOfDatabase(error: unknown): boolean {
  return sqliteCode(error) !== undefined && !isRefusal(error);
}

/** Adds `more` to the counts in `into`, and returns `into`. */
export function addCounts(into: Record<string, number>, more: Record<string, number>): Record<string, number> {
  for (const [cause, n] of Object.entries(more)) into[cause] = (into[cause] ?? 0) + n;
  return into;
}
