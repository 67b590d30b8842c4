import type { Catalog } from '../catalog/catalog.js';
import { inMemoryOnly, isPassing } from '../catalog/db/sqlite/sqlite.js';
import { indexFile } from '../catalog/open-index.js';
import { traceById } from '../catalog/queries/trace-lists.js';
import { TraceCollectorError } from '../model/errors.js';
import type { ErrorMark } from '../model/error-mark.js';
import type { Micros } from '../model/record.js';
import { performance } from '../model/timers.js';
import { clearTraces } from './clear.js';
import { commitCompaction, isCompactionUnfinished } from './commit-compaction.js';
import { DirectoryLock } from '../journal/files/directory-lock.js';
import { eraseContact } from './erase/erase-contact.js';
import { deadWriters, markInterrupted, unclosedTraces, type InterruptedTrace } from './interrupted.js';
import { Retention } from './retention/retention.js';
import type { RetentionLimits } from './retention/retention-policy.js';

export interface MaintainerOptions {
  /** The traces' directory. */
  dir: string;
  /** Path of the index. Default: `<dir>/catalog.db`. */
  file?: string;
  /** Change nothing in the directory but the index. */
  readOnly?: boolean;
  /** How much of the past is kept. Default: everything. */
  retention?: RetentionLimits;
  /** Called once with each trace whose process died. The caller writes the end that the process could not write. */
  onInterrupted?: (traces: InterruptedTrace[]) => void;
}

/** How long a change of the journal waits for another process's change, in milliseconds. */
const LOCK_MS = 10_000;
/** Interval of the search for dead processes, in milliseconds. */
const DEAD_WRITERS_MS = 1_000;

/** Rewrites and deletes the journal of a directory, and its index with it: retention, clear, erase, pins, dead processes. */
export class Maintainer {
  /**
   * Held while the journal is changed, where each process has an index of its own, in memory. Absent where the index is a
   * file, whose own lock serves for that.
   */
  private readonly lock: DirectoryLock | undefined;
  private readonly retention: Retention | undefined;
  private searchedAt = Number.NEGATIVE_INFINITY;
  /** Interrupted traces of an earlier run may lack their end. */
  private mayLackEnds = true;

  constructor(
    private readonly catalog: Catalog,
    private readonly options: MaintainerOptions,
  ) {
    const { dir, readOnly, retention } = options;
    if (readOnly) return;
    if (inMemoryOnly()) this.lock = new DirectoryLock(`${indexFile(options)}.lock`);
    if (retention)
      this.retention = new Retention({
        dir,
        segments: () => catalog.segments(),
        limits: retention,
        pins: catalog.pins,
        lock: this.lock,
      });
    this.recover();
  }

  /** Marks traces whose process died. Everything in the journal must be indexed. */
  markInterrupted(): void {
    const { dir, onInterrupted } = this.options;
    const now = performance.now();
    if (now - this.searchedAt < DEAD_WRITERS_MS) return;
    this.searchedAt = now;
    const dead = this.catalog.read(({ db }) => deadWriters(db, dir));
    const found = this.mayLackEnds ? this.catalog.read(({ db }) => unclosedTraces(db)) : [];
    this.mayLackEnds = false;
    // The processes are found first and their segments indexed after that: no line can come in between.
    if (dead.length > 0 && this.catalog.catchUp()) {
      found.push(...this.catalog.change((tx) => markInterrupted(tx, dead)));
    }
    if (found.length > 0) onInterrupted?.(found);
  }

  /** Runs a step of retention. Returns `true` when nothing is due, or when the lock or the disk has to be waited for. */
  retain(): boolean {
    const { retention, catalog } = this;
    if (!retention || (catalog.isStalled && !catalog.isFull)) return true;
    try {
      return catalog.deleteSome((tx) => retention.step(tx));
    } catch (error) {
      if (!isPassing(error)) throw error;
      return true;
    }
  }

  /** Deletes ended traces, except pinned ones and, with `keepErrors`, those with errors. */
  clear({ keepErrors }: { keepErrors: boolean }): { removed: number } {
    const { problem } = this.catalog.pins;
    if (problem) throw new TraceCollectorError('DATA_UNREADABLE', problem);
    return this.locked(() =>
      this.catalog.changeAll((tx) => clearTraces(tx, this.options.dir, { keepErrors, pins: this.catalog.pins.keys() })),
    );
  }

  /** Protects a trace from retention and clear, or ends that. Returns whether the trace exists. */
  pin(traceId: string, pinned: boolean): boolean {
    const trace = this.catalog.read((tx) => traceById(tx, traceId));
    if (trace) this.catalog.pins.set(trace.key, pinned);
    return trace !== undefined;
  }

  /** Sets the state of an error group. */
  markError(fingerprint: string, state: ErrorMark['state'] | 'open', at: Micros): void {
    this.catalog.errorMarks.set(fingerprint, state, at);
  }

  /** Erases all traces of a contact, and its id in other traces. */
  eraseContact(contactId: string): { removed: number } {
    return this.locked(() => this.catalog.changeAll((tx) => eraseContact(tx, this.options.dir, contactId)));
  }

  close(): void {
    this.retention?.stop();
  }

  /** Finishes a compaction that an earlier process began. */
  private recover(): void {
    // Where each process has an index of its own, another one may be about to name its copy.
    if (this.lock?.tryTake() === false) return;
    try {
      const { dir } = this.options;
      const isDue = this.catalog.read(({ db }) => isCompactionUnfinished(db, dir));
      // A change has the rows of all segments read again: 3,000 take 40 ms.
      if (isDue) this.catalog.change(({ db }) => commitCompaction(db, dir));
    } finally {
      this.lock?.release();
    }
  }

  private locked<T>(work: () => T): T {
    if (this.lock?.take(LOCK_MS) === false) {
      throw new TraceCollectorError(
        'CATALOG_UNAVAILABLE',
        `Another process changes the journal for longer than ${LOCK_MS / 1_000} s; try again.`,
      );
    }
    try {
      return work();
    } finally {
      this.lock?.release();
    }
  }
}
