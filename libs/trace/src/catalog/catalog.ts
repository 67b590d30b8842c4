import { ErrorMarks } from '../journal/files/error-marks.js';
import { Pins } from '../journal/files/pins.js';
import { tightenModes } from '../journal/files/private-modes.js';
import type { SegmentInfo } from '../journal/read/segments.js';
import type { ErrorMark } from '../model/error-mark.js';
import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { TraceKey } from '../model/record.js';
import { wallNow } from '../model/timers.js';
import type { TraceConditions } from '../model/trace-search.js';
import type { SamplePart, TraceCounts, TraceHead, TracePage, TraceSample } from '../model/trace.js';
import {
  progressText,
  type CatalogState,
  type FinishedSegment,
  type IndexProgress,
  type ScanPlace,
  type ScanResult,
  type StoredPage,
} from './catalog.api.js';
import type { CatalogDb } from './db/catalog-db.js';
import { sqliteName } from './db/sqlite/sqlite.js';
import { IndexTurn } from './index-turn.js';
import { lagText } from './index-lag.js';
import { OpenIndex, PATIENCE_MS, type OpenIndexOptions } from './open-index.js';
import { scanPayloads } from './queries/payload-scan.js';
import { storedTraces } from './queries/stored-traces.js';
import { listSorted } from './queries/sorted-lists.js';
import { listTraces } from './queries/trace-lists.js';
import { countTraces, samplePartsOf, sampleTraces } from './queries/trace-sample.js';
import type { IndexTransaction } from './tables/index-transaction.js';
import { headOf, type TraceRow } from './tables/trace-row.js';

/** Time slice of a payload scan before other queries run, in milliseconds. */
const SCAN_MS = 40;
/** How long a query indexes while the index is far behind, in milliseconds. */
const BEHIND_MS = 100;

/**
 * The index of a directory and its queries. Synchronous: it belongs into a worker, or into a program that has nothing else
 * to do. Throws `CATALOG_UNAVAILABLE` without SQLite, `DATA_NEWER` for a newer version's data.
 */
export class Catalog {
  /** Traces that retention and clear keep. */
  readonly pins: Pins;
  /** States of error groups. */
  readonly errorMarks: ErrorMarks;
  private readonly dir: string;
  private readonly open: OpenIndex;
  private readonly turn: IndexTurn;
  private readonly untightened: string[];

  constructor(options: OpenIndexOptions) {
    const { dir, readOnly, patienceMs = PATIENCE_MS } = options;
    this.dir = dir;
    this.pins = new Pins(dir);
    this.errorMarks = new ErrorMarks(dir);
    this.open = new OpenIndex(options);
    this.turn = new IndexTurn(this.open, [patienceMs, readOnly ? patienceMs : Math.min(patienceMs, BEHIND_MS)]);
    this.untightened = readOnly ? [] : tightenModes(dir, this.segments());
  }

  /** Indexes for at most `forMs`, by default for as long as a query may wait. Returns whether everything is indexed. */
  catchUp(forMs?: number): boolean {
    const isComplete = this.open.guarded(() => this.turn.run(forMs));
    if (isComplete) this.open.home.finish?.();
    return isComplete;
  }

  /** The index is in memory and has reached its limit: it grows again when traces are deleted. */
  get isFull(): boolean {
    return this.turn.full;
  }

  /** The last `catchUp` failed, for a reason that may pass. */
  get isStalled(): boolean {
    return this.turn.stalled !== undefined;
  }

  /**
   * Why answers may lack what the journal holds, as a sentence, after a `catchUp` that did not index everything. `undefined`:
   * they lack nothing.
   */
  lacking(): string | undefined {
    if (this.turn.complete) return undefined;
    if (this.turn.stalled !== undefined) return this.turn.stalled;
    const lag = this.read(() => this.open.indexer.lag());
    return lag.bytes === 0 ? undefined : lagText(lag, wallNow() * 1000);
  }

  list(filter: TraceConditions, limit: number, before: string | undefined): TracePage {
    return this.read((tx) => {
      const { sort = 'started' } = filter;
      const page =
        sort === 'started' ? listTraces(tx, filter, limit, before) : listSorted(tx, filter, sort, limit, before);
      const pinned = this.pins.keys();
      return pinned.size === 0 ? page : { ...page, heads: page.heads.map((head) => marked(head, pinned)) };
    });
  }

  /** Searches payloads for `filter.q`, for some milliseconds; `place` of the result is where the next call resumes. */
  scan(filter: TraceConditions, before: string | undefined, place: ScanPlace | undefined): ScanResult {
    return this.read((tx) => scanPayloads(tx, this.dir, filter, before, place, SCAN_MS));
  }

  /** The traces with these ids, in the order asked, those that do not exist left out. */
  stored(traceIds: readonly string[]): StoredPage {
    return this.read((tx) => {
      const { traces, taken } = storedTraces(tx, this.dir, traceIds);
      const pinned = this.pins.keys();
      return { traces: traces.map(({ head, lines }) => ({ head: marked(head, pinned), lines })), taken };
    });
  }

  /** The journal's segments, in the order of their numbers. */
  segments(): SegmentInfo[] {
    return this.open.listing.list();
  }

  heads(keys: readonly string[]): TraceHead[] {
    return this.read(({ db }) =>
      keys.flatMap((key) => {
        const row = db.get<TraceRow>('traceByKey', key);
        return row ? [headOf(row)] : [];
      }),
    );
  }

  counts(): TraceCounts {
    return this.read(countTraces);
  }

  sample(range: { since?: number; until?: number }): TraceSample {
    return this.read((tx) => sampleTraces(tx, range));
  }

  sampleParts(ranges: readonly { since: number; until: number }[]): SamplePart[] {
    return this.read((tx) => samplePartsOf(tx, ranges));
  }

  baseline(queries: readonly BaselineQuery[]): Baseline[] {
    return this.read(({ baselines }) => queries.map((query) => baselines.read(query)));
  }

  /** Segments that are indexed up to their seal, and were not changed since. */
  finished(): FinishedSegment[] {
    return this.read(() => this.open.indexer.finished());
  }

  /** States of error groups that are not open. */
  errorStates(): ErrorMark[] {
    return this.errorMarks.all();
  }

  state(): CatalogState {
    return this.read(({ db }) => {
      const state = this.open.indexer.state();
      const own = [
        this.open.home.problem,
        this.pins.problem,
        this.errorMarks.problem,
        ...this.untightened,
        ...this.open.problems,
      ];
      const problems = [...own.filter((text) => text !== undefined), ...state.problems];
      if (this.turn.stalled !== undefined) problems.push(this.turn.stalled);
      else if (!this.turn.complete && state.lag > 0) problems.push(this.lagProblem(state.lag));
      return { ...state, ...prunedSoFar(db), problems, sqlite: this.open.home.sqlite ?? sqliteName() };
    });
  }

  progress(): IndexProgress {
    return this.read(() => ({ lag: this.open.indexer.state().lag, bytes: this.journalBytes() }));
  }

  /** Runs `work` on the index; on a new one, a second time, if this one is damaged. */
  read<T>(work: (tx: IndexTransaction) => T): T {
    return this.open.guarded(() => work(this.open.tx));
  }

  /** The same for `work` that changes the index or the journal: the indexer then loads again what it had in memory. */
  change<T>(work: (tx: IndexTransaction) => T): T {
    return this.read((tx) => {
      try {
        return work(tx);
      } finally {
        this.open.indexer.reset();
      }
    });
  }

  /** Indexes everything, however long that takes, then changes it: only indexed traces can be cleared or erased. */
  changeAll<T>(work: (tx: IndexTransaction) => T): T {
    return this.change((tx) => {
      this.open.indexer.catchUp();
      return work(tx);
    });
  }

  /** Runs a short `work` that deletes traces and segments. Returns what it returns: whether there was nothing to delete. */
  deleteSome(work: (tx: IndexTransaction) => boolean): boolean {
    return this.read((tx) => {
      try {
        const done = work(tx);
        if (!done) this.open.indexer.forgetTraces();
        return done;
      } catch (error) {
        this.open.indexer.reset();
        throw error;
      }
    });
  }

  close(): void {
    this.open.close();
  }

  /** An index that lacks more than a tenth of the journal is being built; otherwise it is late. */
  private lagProblem(lag: number): string {
    const bytes = this.journalBytes();
    if (lag * 10 > bytes) return progressText({ lag, bytes });
    return lagText(this.open.indexer.lag(), wallNow() * 1000);
  }

  private journalBytes(): number {
    return this.segments().reduce((sum, { size }) => sum + size, 0);
  }
}

function marked(head: TraceHead, pinned: ReadonlySet<TraceKey>): TraceHead {
  return pinned.has(head.key) ? { ...head, pinned: true } : head;
}

function prunedSoFar(db: CatalogDb): Pick<CatalogState, 'pruned'> {
  const counters = new Map(db.all<{ name: string; n: number }>('counters').map(({ name, n }) => [name, n]));
  if (!counters.has('pruned_traces') && !counters.has('pruned_bytes')) return {};
  return {
    pruned: { pruned_traces: counters.get('pruned_traces') ?? 0, pruned_bytes: counters.get('pruned_bytes') ?? 0 },
  };
}
