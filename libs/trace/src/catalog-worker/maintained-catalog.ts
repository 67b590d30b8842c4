import { Catalog } from '../catalog/catalog.js';
import type { IndexProgress } from '../catalog/catalog.api.js';
import type { OpenIndexOptions } from '../catalog/open-index.js';
import { Maintainer, type MaintainerOptions } from '../maintenance/maintainer.js';
import { TraceCollectorError } from '../model/errors.js';
import { MAINTENANCE_CALLS, type CatalogCalls } from './catalog-port.js';

export interface MaintainedCatalogOptions extends OpenIndexOptions, MaintainerOptions {
  /** Called every `reportMs` while the index takes long to build, and once more when it is complete. */
  onIndexProgress?: (progress: IndexProgress) => void;
  /** In milliseconds. Default 10,000. */
  reportMs?: number;
}

/** A directory's catalog and its maintenance, in one thread. Throws what `Catalog` throws. */
export class MaintainedCatalog {
  readonly queries: Catalog;
  readonly maintainer: Maintainer;

  constructor(options: MaintainedCatalogOptions) {
    this.queries = new Catalog(options);
    this.maintainer = new Maintainer(this.queries, options);
  }

  /** Indexes for at most `forMs`, then runs a step of maintenance. Returns whether nothing is left to do. */
  turn(forMs: number): boolean {
    const indexed = this.index(forMs);
    // A full index in memory grows again only when retention deletes the oldest traces.
    return (indexed || this.queries.isFull) && this.maintainer.retain();
  }

  /** Indexes what the journal holds, then makes the call. */
  call<K extends keyof CatalogCalls>(call: K, args: Parameters<CatalogCalls[K]>): ReturnType<CatalogCalls[K]> {
    this.index();
    const owner = MAINTENANCE_CALLS.has(call) ? this.maintainer : this.queries;
    const method = (owner as unknown as CatalogCalls)[call] as (...all: unknown[]) => ReturnType<CatalogCalls[K]>;
    return method.apply(owner, args);
  }

  /** Why the last answer may lack what the journal holds, as a sentence. `undefined`: it lacks nothing. */
  lacking(): string | undefined {
    return this.queries.lacking();
  }

  close(): void {
    this.maintainer.close();
    this.queries.close();
  }

  private index(forMs?: number): boolean {
    const indexed = this.queries.catchUp(forMs);
    if (indexed) this.maintainer.markInterrupted();
    return indexed;
  }
}

/** The error of a call after `close`. */
export function catalogClosed(): TraceCollectorError {
  return new TraceCollectorError('CATALOG_UNAVAILABLE', 'The trace store is closed.');
}
