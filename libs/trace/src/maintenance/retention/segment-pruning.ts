import type { CatalogDb } from '../../catalog/db/catalog-db.js';
import { deleteTraces, idRanges } from '../../catalog/indexer/delete-trace.js';
import { unpackByteRanges } from '../../catalog/tables/byte-ranges.js';
import type { IndexTransaction } from '../../catalog/tables/index-transaction.js';
import { overwriteIndexed } from '../../catalog/tables/segments/segment-mark.js';
import type { Pins } from '../../journal/files/pins.js';
import { listSegments, type SegmentInfo } from '../../journal/read/segments.js';
import type { Overwrite } from '../../journal/write/overwrite.js';
import { isFailing } from '../../model/status.js';
import { performance } from '../../model/timers.js';
import { blankLines, type ExtentRow } from '../extents.js';
import { commitCompaction } from '../commit-compaction.js';
import { Compaction } from '../compaction.js';

/** Duration of a transaction, in milliseconds: other processes wait for the lock meanwhile, and queries for the thread. */
const STEP_MS = 10;
/** Rows read at once. */
export const PAGE = 256;
/** Bytes copied in one step. */
const COPY_BYTES = 1024 * 1024;

interface ElsewhereRow {
  segment: number;
  byte_ranges: Uint8Array;
}

/** Deletes the ended traces of one segment, then copies the rest of it forward and marks it as gone. */
export class SegmentPruning {
  /** Traces up to this id have been checked; `undefined`: all have, and the rest is copied. */
  private after: number | undefined = 0;

  /** @param sources segments to copy forward: this one, preceded by a small kept one to merge it with */
  constructor(
    private readonly dir: string,
    readonly segment: SegmentInfo,
    private readonly sources: SegmentInfo[],
    private readonly pins: Pins,
    /** How long traces with errors are kept, in milliseconds. */
    private readonly errorMaxAgeMs: number,
  ) {}

  /** Nothing of the sources is left. */
  get done(): boolean {
    return this.sources.length === 0;
  }

  /** Runs in a transaction. */
  step(tx: IndexTransaction, nowMs: number): void {
    if (this.after === undefined) this.copyRest(tx.db);
    else this.deleteTraces(tx, nowMs);
  }

  private deleteTraces(tx: IndexTransaction, nowMs: number): void {
    const until = performance.now() + STEP_MS;
    const { db } = tx;
    const { number, kept } = this.segment;
    const pinned = this.pins.keys();
    const errorsSince = (nowMs - this.errorMaxAgeMs) * 1000;
    const stays = (row: ExtentRow): boolean =>
      row.status === 'active' || pinned.has(row.key) || (!kept && isFailing(row) && row.last_us >= errorsSince);
    const blanks = new Map<number, Overwrite[]>();
    let removed = 0;
    while (this.after !== undefined && performance.now() < until) {
      const page = db.all<ExtentRow>('extentsFrom', number, this.after, PAGE);
      const expired = page.filter((row) => !stays(row)).map(({ trace }) => trace);
      this.blankElsewhere(db, expired, blanks);
      deleteTraces(tx, expired);
      removed += expired.length;
      this.after = page.length < PAGE ? undefined : page.at(-1)!.trace;
    }
    this.overwrite(db, blanks);
    if (removed > 0) db.run('addToCounter', 'pruned_traces', removed);
  }

  /** Adds the traces' lines in other segments: a rebuilt index must not find the rest of a trace. */
  private blankElsewhere(db: CatalogDb, traces: number[], blanks: Map<number, Overwrite[]>): void {
    for (const [first, last] of idRanges(traces)) {
      for (const extent of db.all<ElsewhereRow>('extentsElsewhere', first, last, this.segment.number)) {
        const lines = blanks.get(extent.segment) ?? [];
        blanks.set(extent.segment, lines);
        lines.push(...blankLines(unpackByteRanges(extent.byte_ranges)));
      }
    }
  }

  private overwrite(db: CatalogDb, blanks: Map<number, Overwrite[]>): void {
    if (blanks.size === 0) return;
    for (const segment of listSegments(this.dir)) {
      const lines = blanks.get(segment.number);
      if (lines) overwriteIndexed(db, segment, lines);
    }
  }

  /** Copies a piece of what stays. A source of which nothing is left is marked as gone. */
  private copyRest(db: CatalogDb): void {
    const copy = new Compaction(this.dir);
    try {
      while (this.sources.length > 0 && copy.offset < COPY_BYTES) {
        const source = this.sources[0]!;
        const rows = db.all<ExtentRow>('extentsFrom', source.number, 0, PAGE);
        for (const { trace, byte_ranges: packed, started_us: startedAt, last_us: lastAt } of rows) {
          copy.take(source.path, trace, unpackByteRanges(packed), [startedAt, lastAt]);
          db.run('deleteExtent', trace, source.number);
          if (copy.offset >= COPY_BYTES) break;
        }
        if (rows.length > 0) continue;
        this.sources.shift();
        db.run('markGone', source.number);
        db.run('addToCounter', 'pruned_bytes', source.size);
      }
      copy.commit(db);
    } finally {
      copy.close();
    }
    // The copy gets its name before a later step deletes the originals.
    if (this.sources.length > 0) commitCompaction(db, this.dir);
  }
}
