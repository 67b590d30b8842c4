import type { SegmentListing } from '../../journal/read/segment-listing.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import { performance } from '../../model/timers.js';
import { SegmentCursor } from '../../pipeline/segment-cursor.js';
import type { CatalogState, FinishedSegment } from '../catalog.api.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { IndexLag } from '../index-lag.js';
import { markOf } from '../tables/segments/segment-mark.js';
import { inReadingOrder, type SegmentRow } from '../tables/segments/segment-row.js';
import { ChangedSegments } from './changed-segments.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { IndexedSegments } from './indexed-segments.js';
import { addCounts, RecordFolder } from './record-folder.js';

/** The journal is not the one that was indexed: a segment has another writer. */
export class JournalReplaced extends Error {}

/** Duration of a transaction, in milliseconds: other processes wait for the lock meanwhile. */
const TRANSACTION_MS = 30;

/**
 * Indexes what the journal has and the catalog has not. Each transaction writes what was found together with the
 * positions it was read up to, so the indexer may stop or die at any moment, and any process may continue: the one that
 * holds SQLite's write lock resumes where the last transaction ended.
 */
export class Indexer {
  private readonly db: CatalogDb;
  private readonly segments: IndexedSegments;
  private readonly folder: RecordFolder;
  private readonly changes: ChangedSegments;
  /** Why a segment cannot be opened, by its number. */
  private readonly unreadable = new Map<number, string>();
  private dataVersion = -1;

  /** @param readOnly the journal must not be written to */
  constructor(
    private readonly transaction: IndexTransaction,
    private readonly dir: string,
    private readonly listing: SegmentListing,
    readOnly = false,
  ) {
    this.db = transaction.db;
    this.segments = new IndexedSegments(this.db, dir);
    this.folder = new RecordFolder(transaction, dir, this.segments, { readOnly });
    this.changes = new ChangedSegments(transaction, dir, this.segments);
  }

  /**
   * Indexes everything that the files hold now, or until `deadline` (of `performance.now()`). What is written meanwhile
   * is left for the next call: a flood of events must not delay an answer. Returns whether everything is indexed.
   */
  catchUp(deadline = Number.POSITIVE_INFINITY): boolean {
    const files = this.listing.list();
    this.readChangesOfOthers();
    for (;;) {
      this.refresh();
      if (!this.segments.differ(files)) return true;
      const until = Math.min(performance.now() + TRANSACTION_MS, deadline);
      const done = this.attempt(() => this.work(files, until));
      if (!done && performance.now() >= deadline) return false;
    }
  }

  /** Bytes not indexed yet, damaged lines, and what was dropped according to the journal. */
  state(): Omit<CatalogState, 'sqlite'> {
    this.refresh();
    const files = this.listing.list();
    let corrupt = this.folder.refused;
    const dropped: Record<string, number> = {};
    for (const row of this.segments.all()) {
      corrupt += row.corrupt;
      addCounts(dropped, JSON.parse(row.dropped) as Record<string, number>);
    }
    const problems = [
      ...this.listing.strange,
      ...Array.from(this.unreadable.values(), (message) => `A segment cannot be read: ${message}`),
      ...this.changes.problems(),
    ];
    return { lag: this.segments.lag(files).bytes, corrupt, dropped, problems };
  }

  /** How far the index is behind the journal. */
  lag(): IndexLag {
    this.refresh();
    return this.segments.lag(this.listing.list());
  }

  /** Segments that are indexed up to their seal and were not changed since, as their files were listed. */
  finished(): FinishedSegment[] {
    this.refresh();
    return this.listing
      .list()
      .filter((file) => this.segments.isFinished(file))
      .map(({ number, size, mtimeMs }) => ({ number, size, mtimeMs }));
  }

  /** What the index has of each segment. */
  rows(): Iterable<SegmentRow> {
    this.refresh();
    return this.segments.all();
  }

  /** Whether the segment is indexed up to its seal, and was not changed since. */
  isFinished(segment: SegmentInfo): boolean {
    if (this.dataVersion === -1) this.refresh();
    return this.segments.isFinished(segment);
  }

  /** Drops the traces in memory, after the catalog was changed by other means. */
  reset(): void {
    this.dataVersion = -1;
    this.folder.forgetTraces();
    this.segments.forgetFiles();
  }

  /** Reads the segments again, after traces and segments were deleted over the same connection. */
  forgetTraces(): void {
    this.folder.forgetTraces();
    this.segments.load();
  }

  /** Drops the traces in memory if another process changed the catalog. */
  private refresh(): void {
    const { data_version: version } = this.db.get<{ data_version: number }>('dataVersion')!;
    if (version === this.dataVersion) return;
    this.transaction.forget();
    this.folder.forgetTraces();
    this.folder.loadErased();
    this.segments.forgetSizes();
    this.segments.load();
    this.dataVersion = version;
  }

  /** With an index in each process: what the others changed in the journal. */
  private readChangesOfOthers(): void {
    const noted = this.db.changes?.changes();
    if (!noted) return;
    this.refresh();
    this.folder.addErased(noted.erased);
    this.segments.noteOverwritten(noted.segments);
  }

  private attempt<T>(work: () => T): T {
    try {
      return this.db.write(work);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  /** One transaction. Returns whether everything is indexed. */
  private work(files: readonly SegmentInfo[], until: number): boolean {
    this.refresh();
    if (this.changes.remove(files)) this.folder.forgetTraces();
    let done = true;
    for (const file of inReadingOrder(files)) {
      if (!this.segments.isUnread(file)) continue;
      done = this.readSegment(file, until);
      if (!done) break;
    }
    this.folder.flush();
    return done;
  }

  private readSegment(file: SegmentInfo, until: number): boolean {
    const cursor = this.open(file, this.segments.get(file.number)?.read ?? 0);
    if (!cursor) return true;
    const row = this.segments.begin(file);
    let done = false;
    try {
      while (!done) {
        const batch = cursor.next();
        if (batch) this.folder.consume(batch);
        else done = true;
        if (performance.now() >= until) break;
      }
      row.mark = markOf(cursor.fd, row.read);
      row.stamp = row.read === file.size ? (file.stamp ?? '') : '';
    } finally {
      cursor.close();
    }
    if (done) this.segments.exhaust(file);
    this.segments.put(row);
    return done;
  }

  /** `undefined`: the file was deleted since it was listed, or cannot be read. The other segments are indexed. */
  private open(file: SegmentInfo, from: number): SegmentCursor | undefined {
    try {
      const cursor = new SegmentCursor(file, { from, payloads: false });
      this.unreadable.delete(file.number);
      return cursor;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.unreadable.set(file.number, message);
      this.segments.exhaust(file);
      return undefined;
    }
  }
}
