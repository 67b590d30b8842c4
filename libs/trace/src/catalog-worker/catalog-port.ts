import type { CatalogQueries } from '../catalog/catalog.api.js';
import type { MaintenanceCalls } from '../maintenance/maintenance.api.js';

/** Everything that can be asked of a directory's catalog and its maintenance. */
export type CatalogCalls = CatalogQueries & MaintenanceCalls;

/**
 * Access to a catalog, in this thread or in a worker. An answer includes all that the journal held when it was asked,
 * except while an index is still being built.
 */
export interface CatalogPort {
  ask<K extends keyof CatalogCalls>(
    call: K,
    ...args: Parameters<CatalogCalls[K]>
  ): Promise<ReturnType<CatalogCalls[K]>>;
  /** The journal has grown: indexes it when convenient. */
  nudge(): void;
  close(): Promise<void>;
}
