import type { ErrorCode } from '../model/errors.js';
import type { CatalogApi, IndexProgress } from '../catalog/catalog.api.js';
import type { CatalogOptions } from '../catalog/catalog.js';
import type { InterruptedTrace } from '../catalog/interrupted.js';
import type { SqliteSource } from '../catalog/db/sqlite/sqlite.js';

type Ask = {
  [K in keyof CatalogApi]: { type: 'ask'; id: number; call: K; args: Parameters<CatalogApi[K]> };
}[keyof CatalogApi];

/** What the main thread sends. */
export type ToWorker = Ask | { type: 'nudge' } | { type: 'close' };

/** What comes back. */
export type FromWorker =
  | { type: 'answer'; id: number; value?: unknown; error?: { code: ErrorCode; message: string } }
  | { type: 'interrupted'; traces: InterruptedTrace[] }
  | { type: 'building'; progress: IndexProgress };

/** What a worker is started with. */
export interface WorkerStart {
  /** What can be sent to another thread: functions cannot. */
  options: Omit<CatalogOptions, 'onInterrupted' | 'onBuilding' | 'guard'>;
  /** What it opens databases with: only the main thread can look for the application's package. */
  sqlite: SqliteSource;
  /** Where it notes the line it is at, to be read by others when it has died. */
  place: SharedArrayBuffer;
  /** Which of SQLite's calls keep to (see `NativeGate`). */
  gate: SharedArrayBuffer;
  /** Lines to pass over: `<segment>.<offset>`. */
  poison: string[];
}
