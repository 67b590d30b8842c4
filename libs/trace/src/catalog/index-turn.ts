import { performance } from '../model/timers.js';
import { HOW_TO_GET_SQLITE } from './db/sqlite/sqlite-package.js';
import { isPassing } from './db/sqlite/sqlite.js';
import { MAX_MEMORY_BYTES } from './db/sqlite/wasm-sqlite.js';
import type { OpenIndex } from './open-index.js';

/**
 * Bytes that the journal may be ahead of the index while queries wait for it: half a second of indexing, for traces of 38 KB as
 * for small ones. Beyond that it is being built, or the machine gives the indexer too little time: answers then say what they lack.
 */
const MAX_LAG_BYTES = 32 * 2 ** 20;

/** Indexes before a query is answered, for as long as the query may wait. */
export class IndexTurn {
  /** The last turn indexed all that the journal held. */
  complete = false;
  /** Why the index cannot grow at present. */
  stalled: string | undefined;
  /** The index is in memory and has reached its limit. */
  full = false;
  private behind = false;

  constructor(
    private readonly open: OpenIndex,
    /** How long a query waits for the index; the second value is for queries after one that waited in vain. */
    private readonly patienceMs: readonly [first: number, later: number],
  ) {}

  /** Indexes for at most `forMs`, by default for as long as a query may wait. Returns whether everything is indexed. */
  run(forMs?: number): boolean {
    this.complete = this.index(performance.now() + (forMs ?? this.patienceMs[this.behind ? 1 : 0]));
    this.behind = !this.complete && (this.stalled !== undefined || this.open.indexer.lag().bytes > MAX_LAG_BYTES);
    return this.complete;
  }

  /** A full disk, or a lock that is held for long, stops the index. Queries then see only what was indexed before. */
  private index(deadline: number): boolean {
    try {
      const complete = this.open.indexer.catchUp(deadline);
      this.stalled = undefined;
      this.full = false;
      return complete;
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.full = this.open.home.isFull(error);
      this.stalled = this.full
        ? `The index in memory has ${MAX_MEMORY_BYTES / 2 ** 20} MiB, the most it may have: newer traces are recorded, ` +
          `but not shown. ${HOW_TO_GET_SQLITE}, or set a smaller \`retention.maxBytes\`.`
        : `The index cannot take in what is new: ${(error as Error).message}.`;
      return false;
    }
  }
}
