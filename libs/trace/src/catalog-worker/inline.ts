import type { CatalogApi, CatalogPort } from '../catalog/catalog.api.js';
import { runCall, catalogClosed } from './run-call.js';
import { Catalog, type CatalogOptions } from '../catalog/catalog.js';
import { nextTurn } from '../model/timers.js';

/** Between two turns of the event loop while the index is built: a signal is handled this late. */
const PIECE_MS = 50;

/**
 * A catalog in this thread: for programs that only read (the command line), and where there is no built worker to
 * start. Opened at the first question.
 */
export class InlineCatalog implements CatalogPort {
  private catalog: Catalog | undefined;
  private closed = false;

  constructor(private readonly options: CatalogOptions) {}

  /** Opens the catalog and indexes what the journal has, in pieces, so that the program can be interrupted. */
  async build(): Promise<void> {
    this.catalog ??= new Catalog(this.options);
    while (!this.closed && !this.catalog.catchUp(PIECE_MS)) await nextTurn();
  }

  async ask<K extends keyof CatalogApi>(
    call: K,
    ...args: Parameters<CatalogApi[K]>
  ): Promise<ReturnType<CatalogApi[K]>> {
    if (this.closed) throw catalogClosed();
    this.catalog ??= new Catalog(this.options);
    return runCall(this.catalog, call, args);
  }

  nudge(): void {
    // The next question indexes what it needs.
  }

  async close(): Promise<void> {
    this.closed = true;
    this.catalog?.close();
    this.catalog = undefined;
  }
}
