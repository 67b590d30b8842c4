import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { TraceConditions } from '../model/trace-search.js';
import type { TraceCounts, TraceHead, TracePage, TraceSample } from '../model/trace.js';
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

/** A trace's row and its lines as they are in the journal; the thread that asked decodes them. */
export interface StoredLines {
  head: TraceHead;
  lines: Uint8Array;
}

export interface StoredPage {
  traces: StoredLines[];
  /** How many of the ids are answered: ask again for the others. */
  taken: number;
}

/**
 * What can be asked of a catalog: plain data in and out, so that the same calls go to one in this thread and to one in
 * a worker.
 */
export interface CatalogApi {
  list(filter: TraceConditions, limit: number, before: string | undefined): TracePage;
  /** Searches payloads for `filter.q` for some milliseconds; `place` of the result is where to resume. */
  scan(filter: TraceConditions, before: string | undefined, place: ScanPlace | undefined): ScanResult;
  /** The traces with these ids, in the order asked, those that do not exist left out. */
  stored(traceIds: readonly string[]): StoredPage;
  heads(keys: readonly string[]): TraceHead[];
  counts(): TraceCounts;
  sample(range: { since?: number; until?: number }): TraceSample;
  baseline(queries: readonly BaselineQuery[]): Baseline[];
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
