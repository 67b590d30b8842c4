import type { Catalog } from '../catalog/catalog.js';
import type { Maintainer } from '../maintenance/maintainer.js';

type MaintenanceCalls = Pick<Maintainer, 'clear' | 'pin' | 'markError' | 'eraseContact'>;

/** The calls of a directory's catalog and its maintenance. Arguments and results are plain data: a worker can answer. */
export type CatalogCalls = MaintenanceCalls &
  Pick<
    Catalog,
    | 'list'
    | 'scan'
    | 'stored'
    | 'heads'
    | 'counts'
    | 'sample'
    | 'sampleParts'
    | 'baseline'
    | 'errorStates'
    | 'finished'
    | 'state'
  >;

/** Calls that may read and rewrite the whole journal, which takes minutes. */
export const MAINTENANCE_CALLS: ReadonlySet<string> = new Set<keyof MaintenanceCalls>([
  'clear',
  'pin',
  'markError',
  'eraseContact',
]);

/**
 * Access to a catalog, in this thread or in a worker. An answer includes all that the journal held when it was asked,
 * except while an index is still being built.
 */
export interface CatalogPort {
  ask<K extends keyof CatalogCalls>(
    call: K,
    ...args: Parameters<CatalogCalls[K]>
  ): Promise<ReturnType<CatalogCalls[K]>>;
  /** The journal has grown by a record: indexes it when convenient. */
  nudge(): void;
  /**
   * The same port for the calls of one question: `note` is called with a sentence when an answer may lack what the journal
   * holds, because the index could not catch up in the time that a call may wait. Absent: no answer lacks anything.
   */
  noting?(note: (lacks: string) => void): CatalogPort;
  close(): Promise<void>;
}
