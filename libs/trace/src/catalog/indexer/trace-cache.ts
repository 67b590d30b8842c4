import type { TraceKey } from '../../model/record.js';
import { IndexedTrace } from './indexed-trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { readRecords } from './lines.js';

/** Running traces kept in memory between batches, so that none is loaded for each of its events. */
const MAX_CACHED = 2_000;

/** The traces that records are being folded into, as they are in the catalog or will be at the batch's end. */
export class TraceCache {
  private readonly traces = new Map<TraceKey, IndexedTrace>();

  constructor(
    private readonly ledger: IndexTransaction,
    private readonly dir: string,
  ) {}

  get(key: TraceKey): IndexedTrace {
    let trace = this.traces.get(key);
    if (!trace) {
      trace = IndexedTrace.load(this.ledger, key, (extents) => readRecords(this.dir, extents));
      this.traces.set(key, trace);
    }
    return trace;
  }

  /** After each batch. Those that have ended go: few events come late, and to keep 2,000 traces costs 20 MB. */
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
