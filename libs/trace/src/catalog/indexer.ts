import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FORMAT, segmentFile } from '../journal/format.js';
import { overwriteLines } from '../journal/overwrite.js';
import { SegmentReader, type LineGuard, type LocatedRecord } from '../journal/reader.js';
import { journalDir } from '../journal/segment-file.js';
import { listSegments, type SegmentInfo } from '../journal/segments.js';
import { TraceCollectorError } from '../model/errors.js';
import type { CatalogState } from './catalog.api.js';
import type { CatalogDb } from './catalog-db.js';
import { deleteTrace } from './delete-trace.js';
import { IndexedTrace } from './indexed-trace.js';
import type { Ledger } from './ledger.js';
import { readRecords } from './lines.js';
import { isRefusal } from './sqlite.js';

/** What the catalog knows of a segment. */
export interface SegmentRow {
  number: number;
  kept: number;
  boot: string;
  /** Everything before this byte is indexed. */
  read: number;
  corrupt: number;
  /** JSON: what its `gap` records tell. */
  dropped: string;
  /** Times of its oldest and newest record that belong to a trace, in microseconds; 0: it has none. */
  oldest: number;
  newest: number;
  /** Its traces were pruned; the file is about to go. */
  gone: number;
}

/** The journal is not the one that was indexed: a file shrank or another stands under its number. */
export class JournalReplaced extends Error {}

/** A transaction's time: other processes wait for the lock meanwhile. */
const BATCH_MS = 30;
const CHECK_EVERY = 64;
/** Traces kept in memory between batches, so that an active one is not loaded for each of its events. */
const MAX_CACHED = 2_000;

/**
 * Reads what the journal has and the catalog has not. How far it came is written in the same transaction as what it
 * found, so it may stop, die, or be done by any process at any moment: whoever holds SQLite's write lock goes on where
 * the last one stopped.
 */
export class Indexer {
  private segments = new Map<number, SegmentRow>();
  private readonly cache = new Map<string, IndexedTrace>();
  private readonly erased = new Set<string>();
  /** Sizes up to which there was nothing more to read: a torn tail must not be tried for ever. */
  private readonly tried = new Map<number, number>();
  private readonly unreadable = new Map<number, string>();
  private dataVersion = -1;
  private refused = 0;

  private readonly db: CatalogDb;

  constructor(
    private readonly ledger: Ledger,
    private readonly dir: string,
    /** May records be blanked in the journal? */
    private readonly readOnly = false,
    private readonly guard?: LineGuard,
  ) {
    this.db = ledger.db;
  }

  /**
   * Indexes until everything that the files hold now is in, or `deadline` (of `performance.now()`) is past. What is
   * written meanwhile waits: a flood of events must not keep a question from its answer.
   * Answers whether everything is in.
   */
  catchUp(deadline = Number.POSITIVE_INFINITY): boolean {
    const files = listSegments(this.dir);
    for (;;) {
      this.refresh();
      if (!this.work(files)) return true;
      const until = Math.min(performance.now() + BATCH_MS, deadline);
      const done = this.attempt(() => this.batch(files, until));
      if (!done && performance.now() >= deadline) return false;
    }
  }

  /** Bytes not indexed yet, damaged lines, and what was dropped, as the records tell. */
  state(): CatalogState {
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
    const problems = Array.from(this.unreadable.values(), (message) => `A segment cannot be read: ${message}`);
    return { lag, corrupt, dropped, problems };
  }

  /** Forgets what is in memory; after the catalog was changed by other means. */
  reset(): void {
    this.dataVersion = -1;
    this.cache.clear();
    this.tried.clear();
  }

  /** Traces and segments were taken away over the same connection. */
  forgetTraces(): void {
    this.cache.clear();
    this.loadSegments();
  }

  /** The catalog may have been changed by another process since. */
  private refresh(): void {
    const { data_version: version } = this.db.get<{ data_version: number }>('dataVersion')!;
    if (version === this.dataVersion) return;
    this.ledger.forget();
    this.cache.clear();
    this.tried.clear();
    this.erased.clear();
    for (const { key } of this.db.all<{ key: string }>('erased')) this.erased.add(key);
    this.loadSegments();
    this.dataVersion = version;
  }

  private loadSegments(): void {
    this.segments = new Map(this.db.all<SegmentRow>('segments').map((row) => [row.number, row]));
  }

  /** Whether there is anything to do, told from sizes alone. */
  private work(files: SegmentInfo[]): boolean {
    return this.vanished(files).length > 0 || files.some((file) => this.unread(file));
  }

  private unread(file: SegmentInfo): boolean {
    const row = this.segments.get(file.number);
    if (row?.gone) return false;
    if (row && file.size < row.read) {
      // Another process may have indexed more than this listing knew of, or be about to name its copy.
      const size = row.kept ? row.read : (statSync(file.path, { throwIfNoEntry: false })?.size ?? row.read);
      if (size < row.read) throw new JournalReplaced(`segment ${file.number} shrank`);
    }
    return file.size > (row?.read ?? 0) && this.tried.get(file.number) !== file.size;
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
    const dirty = new Set<IndexedTrace>();
    let done = true;
    for (const file of inReadingOrder(files)) {
      if (!this.unread(file)) continue;
      done = this.readSegment(file, dirty, until);
      if (!done) break;
    }
    for (const trace of dirty) this.save(trace);
    this.trim();
    return done;
  }

  /** A trace that SQLite refuses for what it is must not keep all others out. */
  private save(trace: IndexedTrace): void {
    try {
      trace.save(this.ledger);
      this.ledger.baselines.learn(trace.head, trace.course);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refused += 1;
      this.cache.delete(trace.head.key);
    }
  }

  private readSegment(file: SegmentInfo, dirty: Set<IndexedTrace>, until: number): boolean {
    const row: SegmentRow = this.segments.get(file.number) ?? {
      number: file.number,
      kept: file.kept ? 1 : 0,
      boot: '',
      read: 0,
      corrupt: 0,
      dropped: '{}',
      oldest: 0,
      newest: 0,
      gone: 0,
    };
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
    } finally {
      reader.close();
    }
    if (done) this.tried.set(file.number, file.size);
    this.segments.set(next.number, next);
    const { number, kept, boot, read, corrupt, dropped, oldest, newest } = next;
    this.db.run('putSegment', number, kept, boot, read, corrupt, dropped, oldest, newest);
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
        row.boot = record.boot;
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
      if (!this.readOnly) overwriteLines(file.path, [{ offset, length }]);
      return;
    }
    let trace = this.cache.get(record.trace);
    if (!trace) {
      trace = IndexedTrace.load(this.ledger, record.trace, (extents) => readRecords(this.dir, extents));
      this.cache.set(record.trace, trace);
    }
    trace.add(record, file.number, offset, length);
    dirty.add(trace);
  }

  private trim(): void {
    if (this.cache.size <= MAX_CACHED) return;
    for (const [key, trace] of this.cache) if (!trace.active) this.cache.delete(key);
    for (const key of this.cache.keys()) {
      if (this.cache.size <= MAX_CACHED) return;
      this.cache.delete(key);
    }
  }

  /** Known segments without a file. `files` may be older than what another process has indexed: look again. */
  private vanished(files: SegmentInfo[]): number[] {
    const present = new Set(files.map(({ number }) => number));
    const missing = Array.from(this.segments.values()).filter(({ number }) => !present.has(number));
    return missing
      .filter(({ number, kept }) => !existsSync(join(journalDir(this.dir), segmentFile(number, kept === 1))))
      .map(({ number }) => number);
  }

  /** Segments that somebody deleted take their traces with them. */
  private dropVanished(files: SegmentInfo[]): void {
    const vanished = this.vanished(files);
    for (const number of vanished) {
      for (const { trace } of this.db.all<{ trace: number }>('extentsOfSegment', number)) {
        this.db.run('deleteExtent', trace, number);
      }
      this.db.run('deleteSegment', number);
      this.segments.delete(number);
    }
    if (vanished.length === 0) return;
    this.cache.clear();
    for (const { id, key } of this.db.all<{ id: number; key: string }>('tracesWithoutExtents')) {
      deleteTrace(this.ledger, id, key);
    }
  }
}

/** Copied records are older than any that their traces have elsewhere. */
export function inReadingOrder(files: SegmentInfo[]): SegmentInfo[] {
  return [...files].sort((a, b) => Number(b.kept) - Number(a.kept) || a.number - b.number);
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
