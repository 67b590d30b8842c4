import type { Overwrite } from '../journal/write/overwrite.js';
import type { Pins } from '../journal/files/pins.js';
import { isBeingWritten, listSegments, type SegmentInfo } from '../journal/read/segments.js';
import { isFailing } from '../model/status.js';
import { performance, wallNow } from '../model/timers.js';
import { RetentionFence } from '../pipeline/retention-fence.js';
import type { CatalogDb } from './db/catalog-db.js';
import { lineSpans, type ExtentRow } from './clear.js';
import { Compaction } from './copy-forward.js';
import { deleteTraces, stretches } from './indexer/delete-trace.js';
import { unpackByteRanges } from './tables/byte-ranges.js';
import { commitCompaction } from './finish-prune.js';
import type { DirectoryLock } from '../journal/files/directory-lock.js';
import type { IndexTransaction } from './indexer/index-transaction.js';
import { chooseSegment, type RetentionLimits } from './retention-choice.js';
import { overwriteIndexed } from './tables/segment-mark.js';
import { segmentRows } from './tables/segment-row.js';

/** A transaction's time: others wait for the lock meanwhile, and questions for the thread. */
const STEP_MS = 10;
const PAGE = 256;
/** So much is copied in one step. */
const COPY_BYTES = 1024 * 1024;
/** A kept segment smaller than this goes into the next one: 30 days of them would be thousands of files. */
const SMALL_BYTES = COPY_BYTES;
/** How often to look whether anything is due. */
const LOOK_MS = 5_000;

interface ElsewhereRow {
  segment: number;
  spans: Uint8Array;
}

/** A segment on its way out. */
interface Pruning {
  segment: SegmentInfo;
  keepErrors: boolean;
  /** Traces up to this one have been looked at; `undefined`: all have, what is left in it is to be copied. */
  after: number | undefined;
  /** What is copied forward: the segment's rest, and a small kept one's before it. */
  sources: SegmentInfo[];
}

/**
 * Takes away what is too old or too much, segment by segment, oldest first: an ended trace goes with the first segment
 * that holds a line of it, traces with errors and pinned ones are copied forward. In steps of some milliseconds, each a transaction:
 * it may stop after any of them, and another process may go on.
 */
export class Retention {
  private current: Pruning | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  private readonly db: CatalogDb;
  private readonly fence: RetentionFence;

  constructor(
    private readonly ledger: IndexTransaction,
    private readonly dir: string,
    private readonly limits: RetentionLimits,
    private readonly pins: Pins,
    /** Held from the choice of a segment until it is gone, where other processes have an index of their own. */
    private readonly lock?: DirectoryLock,
  ) {
    this.db = ledger.db;
    this.fence = new RetentionFence(dir);
  }

  /** One step. Answers whether nothing is left to do for now. Everything in the journal must be indexed. */
  step(nowMs = wallNow()): boolean {
    // Which traces are pinned is unknown: nothing may go.
    if (this.pins.problem) return true;
    if (!this.current) {
      if (Math.abs(nowMs - this.lookedAt) < LOOK_MS) return true;
      if (this.lock?.tryTake() === false) return true;
      try {
        this.current = this.next(nowMs);
      } finally {
        if (!this.current) this.lock?.release();
      }
      if (!this.current) this.lookedAt = nowMs;
      // Looking around is a step too: what it reads may not be in memory yet.
      return !this.current;
    }
    const pruning = this.current;
    try {
      this.db.write(() => this.work(pruning, nowMs));
    } catch (error) {
      // Its rows are as they were; begin anew.
      this.stop();
      throw error;
    }
    if (pruning.sources.length === 0) {
      this.fence.deleting(pruning.segment);
      try {
        commitCompaction(this.db, this.dir);
      } finally {
        this.stop();
      }
    }
    return false;
  }

  /** Leaves a segment that is being pruned as it is. */
  stop(): void {
    if (this.current) this.lock?.release();
    this.current = undefined;
  }

  private next(nowMs: number): Pruning | undefined {
    const rows = segmentRows(this.db);
    const files = listSegments(this.dir).filter(({ number }) => rows.get(number)?.gone === 0);
    const canGo = (file: SegmentInfo): boolean =>
      !isBeingWritten(file, nowMs) && !this.isPinned(file) && this.fence.mayDelete(file);
    const segment = chooseSegment(files, rows, this.limits, nowMs, canGo);
    if (!segment) return undefined;
    const small = segment.kept ? undefined : files.findLast(({ kept }) => kept);
    const sources = small && small.size < SMALL_BYTES ? [small, segment] : [segment];
    return { segment, keepErrors: !segment.kept, after: 0, sources };
  }

  /** A copy of nothing but pinned traces: it would be copied again and again. */
  private isPinned({ kept, number }: SegmentInfo): boolean {
    const pinned = this.pins.keys();
    if (!kept || pinned.size === 0) return false;
    for (let after = 0; ;) {
      const page = this.db.all<ExtentRow>('extentsFrom', number, after, PAGE);
      if (page.length === 0) return after > 0;
      if (page.some(({ key }) => !pinned.has(key))) return false;
      after = page.at(-1)!.trace;
    }
  }

  private work(pruning: Pruning, nowMs: number): void {
    const until = performance.now() + STEP_MS;
    if (pruning.after !== undefined) this.dropTraces(pruning, until, nowMs);
    else this.copyRest(pruning);
  }

  private dropTraces(pruning: Pruning, until: number, nowMs: number): void {
    const { segment, keepErrors } = pruning;
    const pinned = this.pins.keys();
    const errorsSince = (nowMs - this.limits.errorMaxAgeMs) * 1000;
    const blanks = new Map<number, Overwrite[]>();
    let removed = 0;
    while (pruning.after !== undefined && performance.now() < until) {
      const page = this.db.all<ExtentRow>('extentsFrom', segment.number, pruning.after, PAGE);
      const stays = (row: ExtentRow): boolean =>
        row.status === 'active' || pinned.has(row.key) || (keepErrors && isFailing(row) && row.last_us >= errorsSince);
      const doomed = page.filter((row) => !stays(row)).map(({ trace }) => trace);
      this.blankElsewhere(doomed, segment.number, blanks);
      deleteTraces(this.ledger, doomed);
      removed += doomed.length;
      pruning.after = page.length < PAGE ? undefined : page.at(-1)!.trace;
    }
    this.overwrite(blanks);
    if (removed > 0) this.db.run('addTotal', 'pruned_traces', removed);
  }

  /** Its lines in other segments: an index built anew must not find the rest of a trace. */
  private blankElsewhere(traces: number[], segment: number, blanks: Map<number, Overwrite[]>): void {
    for (const [first, last] of stretches(traces)) {
      for (const extent of this.db.all<ElsewhereRow>('extentsElsewhere', first, last, segment)) {
        const lines = blanks.get(extent.segment) ?? [];
        blanks.set(extent.segment, lines);
        lines.push(...lineSpans(unpackByteRanges(extent.spans)));
      }
    }
  }

  private overwrite(blanks: Map<number, Overwrite[]>): void {
    if (blanks.size === 0) return;
    for (const segment of listSegments(this.dir)) {
      const lines = blanks.get(segment.number);
      if (lines) overwriteIndexed(this.db, segment, lines);
    }
  }

  /** Copies a piece of what stays; a source of which nothing is left is marked as gone. */
  private copyRest(pruning: Pruning): void {
    const copy = new Compaction(this.dir);
    try {
      while (pruning.sources.length > 0 && copy.offset < COPY_BYTES) {
        const source = pruning.sources[0]!;
        const rows = this.db.all<ExtentRow>('extentsFrom', source.number, 0, PAGE);
        for (const { trace, spans, started_us: startedAt, last_us: lastAt } of rows) {
          copy.take(source.path, trace, unpackByteRanges(spans), [startedAt, lastAt]);
          this.db.run('deleteExtent', trace, source.number);
          if (copy.offset >= COPY_BYTES) break;
        }
        if (rows.length > 0) continue;
        pruning.sources.shift();
        this.db.run('markGone', source.number);
        this.db.run('addTotal', 'pruned_bytes', source.size);
      }
      copy.commit(this.db);
    } finally {
      copy.close();
    }
    // Before the originals go, which is in a later step's or in its own end.
    if (pruning.sources.length > 0) commitCompaction(this.db, this.dir);
  }
}
