import type { CatalogDb } from '../../catalog/db/catalog-db.js';
import type { IndexTransaction } from '../../catalog/tables/index-transaction.js';
import { segmentRows } from '../../catalog/tables/segments/segment-row.js';
import type { Pins } from '../../journal/files/pins.js';
import { isBeingWritten, type SegmentInfo } from '../../journal/read/segments.js';
import { wallNow } from '../../model/timers.js';
import { RetentionFence } from '../../pipeline/retention-fence.js';
import type { ExtentRow } from '../extents.js';
import { commitCompaction } from '../commit-compaction.js';
import type { DirectoryLock } from '../../journal/files/directory-lock.js';
import { chooseSegment, type RetentionLimits } from './retention-policy.js';
import { PAGE, SegmentPruning } from './segment-pruning.js';

/** A kept segment smaller than this is merged into the next one: 30 days of them would be thousands of files. */
const SMALL_BYTES = 1024 * 1024;
/** Interval between two checks whether anything is due, in milliseconds. */
const CHECK_MS = 5_000;

export interface RetentionParts {
  dir: string;
  /** The journal's segments, in the order of their numbers. */
  segments: () => SegmentInfo[];
  limits: RetentionLimits;
  pins: Pins;
  /** Held from the choice of a segment until its file is deleted, where other processes have an index of their own. */
  lock?: DirectoryLock | undefined;
}

/**
 * Deletes what is too old or too much, segment by segment, oldest first. An ended trace goes with the first segment that
 * holds a line of it; active traces, pinned ones and those with errors are copied forward. Each step is one transaction of
 * some milliseconds: it may stop after any step, and another process may go on.
 */
export class Retention {
  private current: SegmentPruning | undefined;
  private tx: IndexTransaction | undefined;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private readonly fence: RetentionFence;

  private readonly dir: string;
  private readonly pins: Pins;
  private readonly lock: DirectoryLock | undefined;

  constructor(private readonly parts: RetentionParts) {
    this.dir = parts.dir;
    this.pins = parts.pins;
    this.lock = parts.lock;
    this.fence = new RetentionFence(this.dir);
  }

  /** Runs one step. Returns whether nothing is due. Everything in the journal must be indexed. */
  step(tx: IndexTransaction, nowMs = wallNow()): boolean {
    // Another index replaced the one in which the segment was being pruned.
    if (tx !== this.tx) this.stop();
    this.tx = tx;
    // Any trace may be pinned.
    if (this.pins.problem) return true;
    if (!this.current) return !this.begin(tx.db, nowMs);
    const pruning = this.current;
    try {
      tx.db.write(() => pruning.step(tx, nowMs));
      if (pruning.done) this.fence.deleting(pruning.segment);
      if (pruning.done) commitCompaction(tx.db, this.dir);
    } catch (error) {
      // The transaction was rolled back.
      this.stop();
      throw error;
    }
    if (pruning.done) this.stop();
    return false;
  }

  /** Leaves a segment that is being pruned as it is. */
  stop(): void {
    if (this.current) this.lock?.release();
    this.current = undefined;
  }

  /** Chooses the next segment, which is a step too: its rows may have to be read from disk. */
  private begin(db: CatalogDb, nowMs: number): boolean {
    if (Math.abs(nowMs - this.checkedAt) < CHECK_MS) return false;
    if (this.lock?.tryTake() === false) return false;
    try {
      this.current = this.next(db, nowMs);
    } finally {
      if (!this.current) this.lock?.release();
    }
    if (!this.current) this.checkedAt = nowMs;
    return this.current !== undefined;
  }

  private next(db: CatalogDb, nowMs: number): SegmentPruning | undefined {
    const rows = segmentRows(db);
    const files = this.parts.segments().filter(({ number }) => rows.get(number)?.gone === 0);
    const canGo = (file: SegmentInfo): boolean =>
      !isBeingWritten(file, nowMs) && !this.isPinned(db, file) && this.fence.mayDelete(file);
    const segment = chooseSegment(files, rows, this.parts.limits, nowMs, canGo);
    if (!segment) return undefined;
    const small = segment.kept ? undefined : files.findLast(({ kept }) => kept);
    const sources = small && small.size < SMALL_BYTES ? [small, segment] : [segment];
    return new SegmentPruning(this.dir, segment, sources, this.pins, this.parts.limits.errorMaxAgeMs);
  }

  /** Whether it is a copy of nothing but pinned traces, which would be copied again and again. */
  private isPinned(db: CatalogDb, { kept, number }: SegmentInfo): boolean {
    const pinned = this.pins.keys();
    if (!kept || pinned.size === 0) return false;
    for (let after = 0; ;) {
      const page = db.all<ExtentRow>('extentsFrom', number, after, PAGE);
      if (page.length === 0) return after > 0;
      if (page.some(({ key }) => !pinned.has(key))) return false;
      after = page.at(-1)!.trace;
    }
  }
}
