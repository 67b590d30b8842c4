import type { TraceKey } from '../../model/record.js';
import { IndexedTrace } from './indexed-trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { readRecords } from './lines.js';

/** Active traces that stay in memory between batches, so that none is loaded for each of its events. */
const MAX_CACHED = 2_000;

/** Traces that records are added to, as the catalog holds them or will hold them at the end of the batch. */
export class TraceCache {
  private readonly traces = new Map<TraceKey, IndexedTrace>();

  constructor(
    private readonly tx: IndexTransaction,
    private readonly dir: string,
  ) {}

  get(key: TraceKey): IndexedTrace {
    let trace = this.traces.get(key);
    if (!trace) {
      trace = IndexedTrace.load(this.tx, key, (extents) => readRecords(this.dir, extents));
      this.traces.set(key, trace);
    }
    return trace;
  }

  /** Evicts traces that have ended, after each batch: few events come late, and 2,000 traces take 20 MB. */
  trim(): void {
    for (const [key, trace] of this.traces) if (!trace.active) this.traces.delete(key);
    for (const key of this.traces.keys()) {
      if (this.traces.size <= MAX_CACHED) return;
      this.traces.delete(key);
    }
  }

  delete(key: TraceKey): void {
    this.traces.delete(key);
  }

  clear(): void {
    this.traces.clear();
  }
}
