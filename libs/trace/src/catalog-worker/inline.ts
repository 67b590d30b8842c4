import type { IndexProgress } from '../catalog/catalog.api.js';
import { nextTurn, performance } from '../model/timers.js';
import type { CatalogCalls, CatalogPort } from './catalog-port.js';
import { catalogClosed, MaintainedCatalog, type MaintainedCatalogOptions } from './maintained-catalog.js';

/** Time slice of indexing between two turns of the event loop, in milliseconds: a signal waits this long. */
const SLICE_MS = 50;
/** Interval of the reports while an index is built, in milliseconds. */
const REPORT_MS = 2_000;

/**
 * A catalog in this thread: for programs that only read (the command line), and for a run on the source, which has no built
 * worker. Opened by the first call.
 */
export class InlineCatalog implements CatalogPort {
  private opened: MaintainedCatalog | undefined;
  private closed = false;

  constructor(private readonly options: MaintainedCatalogOptions) {}

  /** Opens the catalog and indexes the journal in slices, so that the program can be interrupted. */
  async build(onProgress?: (progress: IndexProgress) => void): Promise<void> {
    let reportAt = performance.now() + REPORT_MS;
    while (!this.closed && !this.catalog.turn(SLICE_MS)) {
      if (onProgress && performance.now() >= reportAt) {
        const progress = this.catalog.queries.progress();
        // The last turn of a slow machine may have indexed everything.
        if (progress.lag > 0) onProgress(progress);
        reportAt = performance.now() + REPORT_MS;
      }
      await nextTurn();
    }
  }

  async ask<K extends keyof CatalogCalls>(
    call: K,
    ...args: Parameters<CatalogCalls[K]>
  ): Promise<ReturnType<CatalogCalls[K]>> {
    if (this.closed) throw catalogClosed();
    return this.catalog.call(call, args);
  }

  nudge(): void {
    // The next call indexes what it needs.
  }

  async close(): Promise<void> {
    this.closed = true;
    this.opened?.close();
    this.opened = undefined;
  }

  private get catalog(): MaintainedCatalog {
    return (this.opened ??= new MaintainedCatalog(this.options));
  }
}
