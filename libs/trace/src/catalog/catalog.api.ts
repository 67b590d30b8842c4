import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { TraceCounts, TraceFilter, TraceHead, TracePage, TraceSample } from '../model/trace.js';
import type { ScanPlace, ScanResult } from './queries/payload-scan.js';

/** How the catalog is. */
export interface CatalogState {
  /** Bytes of the journal not indexed yet. */
  lag: number;
  corrupt: number;
  /** What was not recorded, as far as the journal tells. */
  dropped: Record<string, number>;
  /** What retention took away; nothing when it took nothing. */
  pruned?: { pruned_traces: number; pruned_bytes: number };
  problems: string[];
  /** The SQLite that holds the index, e.g. `node:sqlite`. */
  sqlite: string;
}

/** How far an index is that takes long to build. */
export interface IndexProgress {
  /** Bytes of the journal that are not in it yet; 0: it is complete. */
  lag: number;
  /** Of the journal. */
  bytes: number;
}

/** A trace as the catalog has it, and its lines as they lie in the journal: whoever asked decodes them. */
export interface StoredLines {
  head: TraceHead;
  lines: Uint8Array;
}

/**
 * What can be asked of a catalog: plain data in and out, so that the same calls go to one in this thread and to one in
 * a worker.
 */
export interface CatalogApi {
  list(filter: TraceFilter, limit: number, before: string | undefined): TracePage;
  /** Looks for `filter.q` in payloads, for some milliseconds; `place` of the result is where to go on. */
  scan(filter: TraceFilter, before: string | undefined, place: ScanPlace | undefined): ScanResult;
  /** `undefined`: no such trace. */
  stored(traceId: string): StoredLines | undefined;
  ids(prefix: string, limit: number): string[];
  heads(keys: string[]): TraceHead[];
  counts(): TraceCounts;
  sample(range: { since?: number; until?: number }): TraceSample;
  baseline(query: BaselineQuery): Baseline;
  state(): CatalogState;
  clear(options: { keepErrors: boolean }): { removed: number };
  pin(traceId: string, pinned: boolean): boolean;
  eraseContact(contactId: string): { removed: number };
}

/** A way to a catalog. Every answer holds what the journal had when it was asked, but for a catalog still being built. */
export interface CatalogPort {
  ask<K extends keyof CatalogApi>(call: K, ...args: Parameters<CatalogApi[K]>): Promise<ReturnType<CatalogApi[K]>>;
  /** There is more in the journal: index it when convenient. */
  nudge(): void;
  close(): Promise<void>;
}
