import type { IndexProgress } from '../catalog/catalog.api.js';
import type { SqliteSource } from '../catalog/db/sqlite/sqlite.js';
import type { InterruptedTrace } from '../maintenance/interrupted.js';
import type { ErrorCode } from '../model/errors.js';
import type { CatalogCalls } from './catalog-port.js';
import type { MaintainedCatalogOptions } from './maintained-catalog.js';

type Ask = {
  [K in keyof CatalogCalls]: { type: 'ask'; id: number; call: K; args: Parameters<CatalogCalls[K]> };
}[keyof CatalogCalls];

/** Messages to the worker. */
export type ToWorker = Ask | { type: 'nudge' } | { type: 'close' };

/** Messages from the worker. */
export type FromWorker =
  | { type: 'answer'; id: number; value?: unknown; lacks?: string; error?: { code: ErrorCode; message: string } }
  | { type: 'interrupted'; traces: InterruptedTrace[] }
  | { type: 'progress'; progress: IndexProgress };

/** Functions cannot be sent to another thread. */
type FunctionOptions = 'onInterrupted' | 'onIndexProgress';

/** `workerData` of a worker. */
export interface WorkerStart {
  options: Omit<MaintainedCatalogOptions, FunctionOptions>;
  /** The SQLite to open databases with: only the main thread can look for the application's package. */
  sqlite: SqliteSource;
  /** Memory of the `TerminationGuard` around SQLite's calls. */
  guard: SharedArrayBuffer;
  /** Memory of the `NudgeGate` between the threads. */
  nudges: SharedArrayBuffer;
}
