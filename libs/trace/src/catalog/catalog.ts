import { join } from 'node:path';
import { Pins } from '../journal/files/pins.js';
import { tightenModes } from '../journal/files/private-modes.js';
import type { LineGuard } from '../journal/read/reader.js';
import { SegmentListing } from '../journal/read/segment-listing.js';
import { listSegments, readHeader } from '../journal/read/segments.js';
import type { Baseline, BaselineQuery } from '../model/baseline.js';
import { TraceCollectorError } from '../model/errors.js';
import type { TraceKey } from '../model/record.js';
import { performance } from '../model/timers.js';
import type { TraceConditions } from '../model/trace-search.js';
import type { TraceHead } from '../model/trace.js';
import { progressText } from './indexer/index-progress.js';
import type { CatalogApi, CatalogState, IndexProgress, StoredPage } from './catalog.api.js';
import { IN_MEMORY, type CatalogDb } from './db/catalog-db.js';
import { CatalogHome } from './db/catalog-home.js';
import { clearTraces } from './clear.js';
import { eraseContact } from './erase.js';
import { commitCompaction } from './finish-prune.js';
import { Indexer, JournalReplaced } from './indexer/indexer.js';
import { deadWriters, markInterrupted, unclosedTraces, type InterruptedTrace } from './interrupted.js';
import { IndexTransaction } from './indexer/index-transaction.js';
import { scanPayloads } from './queries/payload-scan.js';
import { storedTraces } from './queries/stored-traces.js';
import { Retention } from './retention.js';
import type { RetentionLimits } from './retention-choice.js';
import { removeCatalog } from './db/schema.js';
import { HOW_TO_GET_SQLITE } from './db/sqlite/sqlite-package.js';
import { isCorrupt, isPassing, isUnwritable, sqliteName } from './db/sqlite/sqlite.js';
import { listTraces, traceById } from './queries/trace-lists.js';
import { countTraces, sampleTraces } from './queries/trace-sample.js';
import { headOf, type TraceRow } from './tables/trace-row.js';
import { MAX_MEMORY_BYTES } from './db/sqlite/wasm-sqlite.js';
import type { SegmentRow } from './tables/segment-row.js';

export interface CatalogOptions {
  /** The traces' directory. */
  dir: string;
  /** Where the index lies; `<dir>/catalog.db` when left out. */
  file?: string;
  /** Touch nothing in the directory but the index. */
  readOnly?: boolean;
  /** How long one question may index before it is answered from what is there, in milliseconds. Default 8,000. */
  patienceMs?: number;
  /** How much of the past is kept; everything when left out. Applied when `catchUp` is given a time. */
  retention?: RetentionLimits;
  /** Told of traces whose process died, once each: whoever can write gives them their end. */
  onInterrupted?: (traces: InterruptedTrace[]) => void;
  /** Told how far the index is while it takes long to build, every `reportMs`, and once more when it is complete. */
  onBuilding?: (progress: IndexProgress) => void;
  /** In milliseconds. Default 10,000. */
  reportMs?: number;
  /** Stands watch over each line that is indexed. */
  guard?: LineGuard;
}

/** Of payloads, between two questions. */
const SCAN_MS = 40;
/** How long a change of the journal waits for another process's, in milliseconds. */
const LOCK_MS = 10_000;
/** How long a question indexes while the index is far behind. */
const BEHIND_MS = 100;
const DEATH_CHECK_MS = 1_000;

/**
 * The index of a directory and the questions it answers. Synchronous: it belongs into a worker, or into a program
 * that has nothing else to do. Throws `CATALOG_UNAVAILABLE` without SQLite, `DATA_NEWER` for a newer version's data.
 */
export class Catalog implements CatalogApi {
  private readonly dir: string;
  private readonly listing: SegmentListing;
  private readonly pins: Pins;
  private readonly problems = new Set<string>();
  private readonly home: CatalogHome;
  private db: CatalogDb;
  private ledger: IndexTransaction;
  private indexer: Indexer;
  private retention: Retention | undefined;
  private deathCheckedAt = Number.NEGATIVE_INFINITY;
  private complete = false;
  /** Interrupted traces may have been left without their end. */
  private untold = true;
  /** The last question was answered without all that the journal has. */
  private behind = false;
  /** The index is in memory and has as much of it as it may. */
  private full = false;
  /** Why the index cannot grow at present. */
  private stalled: string | undefined;

  constructor(private readonly options: CatalogOptions) {
    this.dir = options.dir;
    this.listing = new SegmentListing(this.dir);
    this.pins = new Pins(this.dir);
    this.home = new CatalogHome(options.file ?? join(options.dir, 'catalog.db'), !options.readOnly);
    this.db = this.home.open();
    this.ledger = new IndexTransaction(this.db);
    this.indexer = new Indexer(this.ledger, this.dir, this.listing, options.readOnly, options.guard);
    this.retention = this.newRetention();
    if (!options.readOnly) for (const problem of tightenModes(this.dir)) this.problems.add(problem);
    this.guarded(() => this.recover());
  }

  /**
   * Indexes what there is, for at most `forMs`. Answers whether all is in. Given a time, it is asked by nobody who
   * waits: then what retention has to do is done too, a step at a time, before it answers that all is.
   */
  catchUp(forMs?: number): boolean {
    return this.guarded(() => {
      const deadline = performance.now() + (forMs ?? this.patience);
      this.complete = this.index(deadline);
      this.behind = !this.complete;
      const now = performance.now();
      if (this.complete && now - this.deathCheckedAt >= DEATH_CHECK_MS) {
        this.deathCheckedAt = now;
        this.interruptDead(deadline);
      }
      // A full index in memory gets room only where retention takes the oldest traces away.
      return (this.complete || this.full) && (forMs === undefined || this.retain());
    });
  }

  list(filter: TraceConditions, limit: number, before: string | undefined): ReturnType<CatalogApi['list']> {
    return this.guarded(() => {
      const page = listTraces(this.ledger, filter, limit, before);
      const pinned = this.pins.keys();
      return pinned.size === 0 ? page : { ...page, heads: page.heads.map((head) => marked(head, pinned)) };
    });
  }

  scan(...[filter, before, place]: Parameters<CatalogApi['scan']>): ReturnType<CatalogApi['scan']> {
    return this.guarded(() => scanPayloads(this.ledger, this.dir, filter, before, place, SCAN_MS));
  }

  stored(traceIds: readonly string[]): StoredPage {
    return this.guarded(() => {
      const { traces, taken } = storedTraces(this.ledger, this.dir, traceIds);
      const pinned = this.pins.keys();
      return { traces: traces.map(({ head, lines }) => ({ head: marked(head, pinned), lines })), taken };
    });
  }

  heads(keys: readonly string[]): TraceHead[] {
    return this.guarded(() =>
      keys.flatMap((key) => {
        const row = this.db.get<TraceRow>('traceByKey', key);
        return row ? [headOf(row)] : [];
      }),
    );
  }

  counts(): ReturnType<CatalogApi['counts']> {
    return this.guarded(() => countTraces(this.ledger));
  }

  sample(range: { since?: number; until?: number }): ReturnType<CatalogApi['sample']> {
    return this.guarded(() => sampleTraces(this.ledger, range));
  }

  baseline(queries: readonly BaselineQuery[]): Baseline[] {
    return this.guarded(() => queries.map((query) => this.ledger.baselines.read(query)));
  }

  state(): CatalogState {
    return this.guarded(() => {
      const state = this.indexer.state();
      const problems = [this.home.problem, this.pins.problem, ...this.problems, ...state.problems].filter(isText);
      if (this.stalled) problems.push(this.stalled);
      else if (!this.complete && state.lag > 0) {
        problems.push(progressText({ lag: state.lag, bytes: this.journalBytes() }));
      }
      return { ...state, ...prunedSoFar(this.db), problems, sqlite: sqliteName() };
    });
  }

  progress(): IndexProgress {
    return this.guarded(() => ({ lag: this.indexer.state().lag, bytes: this.journalBytes() }));
  }

  clear(options: { keepErrors: boolean }): { removed: number } {
    const { problem } = this.pins;
    if (problem) throw new TraceCollectorError('DATA_UNREADABLE', problem);
    return this.change(() => clearTraces(this.ledger, this.dir, { ...options, pins: this.pins.keys() }));
  }

  pin(traceId: string, pinned: boolean): boolean {
    return this.guarded(() => {
      const trace = traceById(this.ledger, traceId);
      if (trace) this.pins.set(trace.key, pinned);
      return trace !== undefined;
    });
  }

  eraseContact(contactId: string): { removed: number } {
    return this.change(() => eraseContact(this.ledger, this.dir, contactId));
  }

  close(): void {
    this.retention?.stop();
    this.db.close();
  }

  /** A full disk, or a lock held for long, stops the index and not the questions: they are answered from what is in. */
  private index(deadline: number): boolean {
    try {
      const complete = this.indexer.catchUp(deadline);
      this.stalled = undefined;
      this.full = false;
      return complete;
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.full = this.home.isFull(error);
      this.stalled = this.full
        ? `The index in memory has ${MAX_MEMORY_BYTES / 2 ** 20} MiB, the most it may have: newer traces are recorded, ` +
          `but not shown. ${HOW_TO_GET_SQLITE}, or set a smaller \`retention.maxBytes\`.`
        : `The index cannot take in what is new: ${(error as Error).message}.`;
      return false;
    }
  }

  private interruptDead(deadline: number): void {
    const dead = deadWriters(this.db, this.dir);
    const found = this.untold ? unclosedTraces(this.db) : [];
    this.untold = false;
    // Dead first, then read to the end: nothing can have come in between.
    if (dead.length > 0 && this.index(deadline)) {
      found.push(...markInterrupted(this.ledger, dead));
      this.indexer.reset();
    }
    if (found.length > 0) this.options.onInterrupted?.(found);
  }

  /** Whoever asks waits for the index to be built, but only the first: the others see how far it is. */
  private get patience(): number {
    const { patienceMs = 8_000, readOnly } = this.options;
    return this.behind && !readOnly ? Math.min(patienceMs, BEHIND_MS) : patienceMs;
  }

  private journalBytes(): number {
    return listSegments(this.dir).reduce((sum, { size }) => sum + size, 0);
  }

  /** A step of retention; `true`: nothing is left to do. A lock held by others, or a full disk, is for later. */
  private retain(): boolean {
    if (!this.retention || (this.stalled && !this.full)) return true;
    try {
      const done = this.retention.step();
      if (!done) this.indexer.forgetTraces();
      return done;
    } catch (error) {
      this.indexer.reset();
      if (!isPassing(error)) throw error;
      return true;
    }
  }

  /** Only what is indexed can be taken away: all of it first, however long that takes. */
  private change(work: () => { removed: number }): { removed: number } {
    const { lock } = this.home;
    if (lock?.take(LOCK_MS) === false) {
      throw new TraceCollectorError(
        'CATALOG_UNAVAILABLE',
        `Another process changes the journal for longer than ${LOCK_MS / 1_000} s; try again.`,
      );
    }
    try {
      return this.guarded(() => {
        this.indexer.catchUp();
        try {
          return work();
        } finally {
          this.indexer.reset();
        }
      });
    } finally {
      lock?.release();
    }
  }

  private newRetention(): Retention | undefined {
    const { retention, readOnly } = this.options;
    return retention && !readOnly
      ? new Retention(this.ledger, this.dir, retention, this.pins, this.home.lock)
      : undefined;
  }

  private recover(): void {
    const { lock } = this.home;
    // Where each process has an index of its own, another one may be about to name its copy.
    if (!this.options.readOnly && lock?.tryTake() !== false) {
      try {
        commitCompaction(this.db, this.dir);
      } finally {
        lock?.release();
      }
    }
    const paths = new Map(listSegments(this.dir).map(({ number, path }) => [number, path]));
    for (const { number, boot } of this.db.all<SegmentRow>('segments')) {
      const path = paths.get(number);
      const found = path && boot ? readHeader(path)?.boot : undefined;
      if (found !== undefined && found !== boot) throw new JournalReplaced(`segment ${number} is another one`);
    }
  }

  /**
   * A damaged index, or one of another journal, is thrown away and built anew; one that can no longer be written is
   * opened anew, in memory if need be. Then `work` is tried once more.
   */
  private guarded<T>(work: () => T): T {
    const replacement = this.home.replacement(this.db);
    if (replacement) this.use(replacement);
    try {
      return work();
    } catch (error) {
      if (isCorrupt(error) || error instanceof JournalReplaced) this.rebuild(error as Error);
      else if (isUnwritable(error) && !isPassing(error) && this.db.file !== IN_MEMORY) this.use(this.home.open());
      else throw error;
      return work();
    }
  }

  /** The journal has it all: what the new database lacks is indexed with the next question. */
  private use(db: CatalogDb): void {
    const old = this.db;
    this.db = db;
    try {
      old.close();
    } catch {
      // Its file is gone or cannot be written.
    }
    this.ledger = new IndexTransaction(this.db);
    this.indexer = new Indexer(this.ledger, this.dir, this.listing, this.options.readOnly, this.options.guard);
    this.retention?.stop();
    this.retention = this.newRetention();
    this.deathCheckedAt = Number.NEGATIVE_INFINITY;
  }

  private rebuild(cause: Error): void {
    const { file } = this.db;
    this.db.close();
    if (file !== IN_MEMORY) removeCatalog(file);
    this.problems.add(`The index was damaged (${cause.message}) and is built anew from the journal.`);
    this.use(this.home.open());
    this.indexer.catchUp(performance.now() + (this.options.patienceMs ?? 8_000));
  }
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}

function marked(head: TraceHead, pinned: ReadonlySet<TraceKey>): TraceHead {
  return pinned.has(head.key) ? { ...head, pinned: true } : head;
}

function prunedSoFar(db: CatalogDb): Pick<CatalogState, 'pruned'> {
  const totals = new Map(db.all<{ name: string; n: number }>('totals').map(({ name, n }) => [name, n]));
  if (!totals.has('pruned_traces') && !totals.has('pruned_bytes')) return {};
  return {
    pruned: { pruned_traces: totals.get('pruned_traces') ?? 0, pruned_bytes: totals.get('pruned_bytes') ?? 0 },
  };
}
