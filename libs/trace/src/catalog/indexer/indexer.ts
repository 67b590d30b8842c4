import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FORMAT, segmentFile } from '../../journal/codec/format.js';
import { overwriteLines } from '../../journal/write/overwrite.js';
import { SegmentReader, type LineGuard, type LocatedRecord } from '../../journal/read/reader.js';
import { journalDir } from '../../journal/files/segment-file.js';
import type { SegmentListing } from '../../journal/read/segment-listing.js';
import { listSegments, strangeSegments, type SegmentInfo } from '../../journal/read/segments.js';
import { TraceCollectorError } from '../../model/errors.js';
import { performance } from '../../model/timers.js';
import type { CatalogState } from '../catalog.api.js';
import type { CatalogDb } from '../db/catalog-db.js';
import { deleteTraces } from './delete-trace.js';
import type { IndexedTrace } from './indexed-trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { reindexTrace } from './reindex-trace.js';
import { markOf, markOfPath, NO_MARK } from '../tables/segments/segment-mark.js';
import {
  inReadingOrder,
  newSegmentRow,
  putSegmentRow,
  segmentRows,
  type SegmentRow,
} from '../tables/segments/segment-row.js';
import { isRefusal } from '../db/sqlite/sqlite.js';
import { TraceCache } from './trace-cache.js';

/** The journal is not the one that was indexed: a file shrank or another stands under its number. */
export class JournalReplaced extends Error {}

/** A transaction's time: other processes wait for the lock meanwhile. */
const BATCH_MS = 30;
const CHECK_EVERY = 64;
/**
 * Reads what the journal has and the catalog has not. How far it came is written in the same transaction as what it
 * found, so it may stop, die, or be done by any process at any moment: whoever holds SQLite's write lock goes on where
 * the last one stopped.
 */
export class Indexer {
  private segments = new Map<number, SegmentRow>();
  private readonly traces: TraceCache;
  private readonly erased = new Set<string>();
  /** Sizes up to which there was nothing more to read: a torn tail must not be tried for ever. */
  private readonly tried = new Map<number, number>();
  private readonly unreadable = new Map<number, string>();
  /** Size and time at which a segment was last seen to be the one that was indexed. */
  private readonly verified = new Map<number, string>();
  /** What other programs did to segments, since the start, by segment. */
  private readonly changed = new Map<number, string>();
  /** Segments in which another process overwrote lines, to be read again. */
  private overwritten: Set<number> | undefined;
  private dataVersion = -1;
  private refused = 0;

  private readonly db: CatalogDb;

  constructor(
    private readonly ledger: IndexTransaction,
    private readonly dir: string,
    private readonly listing: SegmentListing,
    /** May records be blanked in the journal? */
    private readonly readOnly = false,
    private readonly guard?: LineGuard,
  ) {
    this.db = ledger.db;
    this.traces = new TraceCache(ledger, dir);
  }

  /**
   * Indexes until everything that the files hold now is in, or `deadline` (of `performance.now()`) is past. What is
   * written meanwhile waits: a flood of events must not keep a question from its answer.
   * Answers whether everything is in.
   */
  catchUp(deadline = Number.POSITIVE_INFINITY): boolean {
    const files = this.listing.list();
    this.noticeChanges();
    for (;;) {
      this.refresh();
      if (!this.work(files)) return true;
      const until = Math.min(performance.now() + BATCH_MS, deadline);
      const done = this.attempt(() => this.batch(files, until));
      if (!done && performance.now() >= deadline) return false;
    }
  }

  /** Bytes not indexed yet, damaged lines, and what was dropped, as the records tell. */
  state(): Omit<CatalogState, 'sqlite'> {
    this.refresh();
    let lag = 0;
    for (const file of listSegments(this.dir)) {
      const row = this.segments.get(file.number);
      if (!row?.gone && this.tried.get(file.number) !== file.size) lag += Math.max(0, file.size - (row?.read ?? 0));
    }
    let corrupt = this.refused;
    const dropped: Record<string, number> = {};
    for (const row of this.segments.values()) {
      corrupt += row.corrupt;
      addAll(dropped, JSON.parse(row.dropped) as Record<string, number>);
    }
    const problems = [
      ...strangeSegments(this.dir),
      ...Array.from(this.unreadable.values(), (message) => `A segment cannot be read: ${message}`),
      ...changes(this.changed),
    ];
    return { lag, corrupt, dropped, problems };
  }

  /** Forgets what is in memory; after the catalog was changed by other means. */
  reset(): void {
    this.dataVersion = -1;
    this.traces.clear();
    this.tried.clear();
    this.verified.clear();
  }

  /** Traces and segments were taken away over the same connection. */
  forgetTraces(): void {
    this.traces.clear();
    this.loadSegments();
  }

  /** The catalog may have been changed by another process since. */
  private refresh(): void {
    const { data_version: version } = this.db.get<{ data_version: number }>('dataVersion')!;
    if (version === this.dataVersion) return;
    this.ledger.forget();
    this.traces.clear();
    this.tried.clear();
    this.erased.clear();
    for (const { key } of this.db.all<{ key: string }>('erased')) this.erased.add(key);
    this.loadSegments();
    this.dataVersion = version;
  }

  /** Where each process has an index of its own: what the others changed in the journal. */
  private noticeChanges(): void {
    const noted = this.db.changes?.changes();
    if (!noted) return;
    this.refresh();
    for (const key of noted.erased) {
      this.db.run('addErased', key);
      this.erased.add(key);
    }
    this.overwritten ??= new Set();
    for (const { number, read } of this.segments.values()) {
      if (read > 0 && (noted.segments === 'all' || noted.segments.has(number))) this.overwritten.add(number);
    }
  }

  private loadSegments(): void {
    this.segments = segmentRows(this.db);
  }

  /** Whether there is anything to do, told from sizes alone. */
  private work(files: SegmentInfo[]): boolean {
    return this.vanished(files).length > 0 || files.some((file) => this.unread(file));
  }

  private unread(file: SegmentInfo): boolean {
    const row = this.segments.get(file.number);
    if (row?.gone) return false;
    if (row && this.isReplaced(file, row)) return true;
    return file.size > (row?.read ?? 0) && this.tried.get(file.number) !== file.size;
  }

  /**
   * Whether the file is not the one that was indexed up to `read`: a program that rotates logs copied and cut it, or it
   * was restored. Its size alone does not tell, as it may have grown again since.
   */
  private isReplaced(file: SegmentInfo, row: SegmentRow): boolean {
    if (this.overwritten?.has(row.number)) return true;
    // A copy that is about to get its name is shorter than its row says.
    if (row.kept || row.read === 0) return false;
    if (file.size < row.read) {
      // Another process may have indexed more than this listing knew of.
      const size = lstatSync(file.path, { throwIfNoEntry: false })?.size ?? row.read;
      return size < row.read;
    }
    const version = `${file.size}.${file.mtimeMs}`;
    if (row.mark === NO_MARK || this.verified.get(file.number) === version) return false;
    const mark = markOfPath(file.path, row.read);
    if (mark !== undefined && mark !== row.mark) return true;
    this.verified.set(file.number, version);
    return false;
  }

  private attempt<T>(work: () => T): T {
    try {
      return this.db.write(work);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  private batch(files: SegmentInfo[], until: number): boolean {
    this.refresh();
    this.dropVanished(files);
    this.forgetReplaced(files);
    const dirty = new Set<IndexedTrace>();
    let done = true;
    for (const file of inReadingOrder(files)) {
      if (!this.unread(file)) continue;
      done = this.readSegment(file, dirty, until);
      if (!done) break;
    }
    for (const trace of dirty) this.save(trace);
    this.traces.trim();
    return done;
  }

  /** A trace that SQLite refuses for what it is must not keep all others out. */
  private save(trace: IndexedTrace): void {
    try {
      trace.save(this.ledger);
      this.ledger.baselines.learn(trace.head, trace.sample);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused += 1;
      this.traces.delete(trace.head.key);
    }
  }

  private readSegment(file: SegmentInfo, dirty: Set<IndexedTrace>, until: number): boolean {
    const row = this.segments.get(file.number) ?? newSegmentRow(file);
    const next = { ...row };
    const reader = this.open(file, row.read);
    if (!reader) return true;
    let done = false;
    try {
      for (let n = 1; ; n += 1) {
        const located = reader.next();
        if (!located) {
          done = true;
          break;
        }
        try {
          this.take(located, file, next, dirty);
        } catch (error) {
          if (error instanceof TraceCollectorError || error instanceof JournalReplaced) throw error;
          // Whole, but of a shape that cannot be folded: it must not stop all that come after it.
          next.corrupt += 1;
        }
        if (n % CHECK_EVERY === 0 && performance.now() >= until) break;
      }
      next.read = reader.offset;
      next.corrupt += reader.corrupt;
      next.mark = markOf(reader.fd, next.read);
    } finally {
      reader.close();
    }
    if (done) this.tried.set(file.number, file.size);
    this.segments.set(next.number, next);
    putSegmentRow(this.db, next);
    return done;
  }

  /** `undefined`: deleted since it was listed, or not ours to read: a problem, but not the other segments'. */
  private open(file: SegmentInfo, from: number): SegmentReader | undefined {
    try {
      const { guard } = this;
      const reader = new SegmentReader(file.path, {
        from,
        to: file.size,
        head: true,
        guard: guard && ((offset) => guard.enter(file.number, offset)),
      });
      this.unreadable.delete(file.number);
      return reader;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.unreadable.set(file.number, message);
      this.tried.set(file.number, file.size);
      return undefined;
    }
  }

  private take(located: LocatedRecord, file: SegmentInfo, row: SegmentRow, dirty: Set<IndexedTrace>): void {
    const { record, offset, length } = located;
    switch (record.kind) {
      case 'segment':
        if (record.format > JOURNAL_FORMAT) throw newerFormat(file, record.format);
        row.writer = record.boot;
        return;
      case 'gap': {
        const dropped = JSON.parse(row.dropped) as Record<string, number>;
        addAll(dropped, record.dropped);
        row.dropped = JSON.stringify(dropped);
        return;
      }
      case 'seal':
        return;
      default:
    }
    if (record.ts > row.newest) row.newest = record.ts;
    if (record.ts < row.oldest || row.oldest === 0) row.oldest = record.ts;
    if (this.erased.has(record.trace)) {
      // It went on after its contact was erased: so does the erasing.
      if (!this.readOnly) {
        overwriteLines(file.path, [{ offset, length }]);
        this.db.changes?.overwritten(file.number);
      }
      return;
    }
    const trace = this.traces.get(record.trace);
    trace.add(record, file.number, offset, length);
    dirty.add(trace);
  }

  /** Known segments without a file. `files` may be older than what another process has indexed: look again. */
  private vanished(files: SegmentInfo[]): number[] {
    const present = new Set(files.map(({ number }) => number));
    const missing = Array.from(this.segments.values()).filter(({ number }) => !present.has(number));
    return missing
      .filter(({ number, kept }) => !isThere(join(journalDir(this.dir), segmentFile(number, kept === 1))))
      .map(({ number }) => number);
  }

  /** Segments that somebody deleted take their traces with them. */
  private dropVanished(files: SegmentInfo[]): void {
    const vanished = this.vanished(files);
    const keys = new Set<string>();
    for (const number of vanished) {
      if (!this.segments.get(number)!.gone) this.report(number, 'removed');
      for (const key of this.forgetSegment(number)) keys.add(key);
    }
    if (vanished.length > 0) this.deleteEmptied();
    // Another process may have copied some of their lines into a segment that is read next.
    if (this.db.changes) for (const key of keys) reindexTrace(this.ledger, this.dir, key);
  }

  /** A segment that others changed is read again from its beginning; the others stay as they are. */
  private forgetReplaced(files: SegmentInfo[]): void {
    const replaced = files.filter((file) => {
      const row = this.segments.get(file.number);
      return row !== undefined && !row.gone && this.isReplaced(file, row);
    });
    if (replaced.length === 0) return;
    const keys = new Set<string>();
    for (const { number } of replaced) {
      this.report(number, 'changed');
      for (const key of this.forgetSegment(number)) keys.add(key);
    }
    this.deleteEmptied();
    // Traces that have lines in other segments too.
    for (const key of keys) reindexTrace(this.ledger, this.dir, key);
  }

  /** Takes a segment out of the index. Returns the keys of its traces. */
  private forgetSegment(number: number): string[] {
    const rows = this.db.all<{ trace: number; key: string }>('extentsOfSegment', number);
    for (const { trace } of rows) this.db.run('deleteExtent', trace, number);
    this.db.run('deleteSegment', number);
    this.segments.delete(number);
    this.tried.delete(number);
    this.verified.delete(number);
    this.overwritten?.delete(number);
    return rows.map(({ key }) => key);
  }

  /** With an index for each process, another one's retention is the likely cause, and looks the same as another program's change. */
  private report(number: number, what: 'removed' | 'changed'): void {
    if (!this.db.changes) this.changed.set(number, what);
  }

  private deleteEmptied(): void {
    this.traces.clear();
    const gone = this.db.all<{ id: number }>('tracesWithoutExtents');
    deleteTraces(
      this.ledger,
      gone.map(({ id }) => id),
    );
  }
}

/** A link that leads nowhere is there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function changes(changed: ReadonlyMap<number, string>): string[] {
  return ['removed', 'changed'].flatMap((what) => {
    const numbers = [...changed.keys()].filter((number) => changed.get(number) === what);
    if (numbers.length === 0) return [];
    const named = numbers.slice(0, 5).join(', ') + (numbers.length > 5 ? ` and ${numbers.length - 5} more` : '');
    const then = what === 'removed' ? 'their traces are gone' : 'they were read again';
    return [`Another program ${what} journal segments (${named}); ${then}.`];
  });
}

function newerFormat(file: SegmentInfo, format: number): TraceCollectorError {
  return new TraceCollectorError(
    'DATA_NEWER',
    `Segment ${file.path} has format ${format}, this program knows formats up to ${JOURNAL_FORMAT}: use the nestjs-trace-collector that wrote it, or a newer one.`,
  );
}

function addAll(into: Record<string, number>, more: Record<string, number>): void {
  for (const [cause, n] of Object.entries(more)) into[cause] = (into[cause] ?? 0) + n;
}
