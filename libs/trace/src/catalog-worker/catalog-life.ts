import { sqliteInUse } from '../catalog/db/sqlite/sqlite.js';
import { TerminationGuard } from '../catalog/db/sqlite/termination-guard.js';
import { setTimeout } from '../model/timers.js';
import type { MaintainedCatalogOptions } from './maintained-catalog.js';
import type { NudgeGate } from './nudge-gate.js';
import type { WorkerStart } from './protocol.js';
import type { WorkerLife } from './supervisor.js';

/** How long the process's exit waits for a running call of SQLite, in milliseconds. Nearly all calls take less than 10. */
const EXIT_MS = 1_000;
/** Interval of checks whether a call of SQLite has returned, in milliseconds. */
const CHECK_MS = 10;

/** A catalog worker: it is not ended inside a call of SQLite. */
export function catalogLife(catalog: MaintainedCatalogOptions, nudges: NudgeGate): WorkerLife {
  const { onInterrupted: _i, onIndexProgress: _p, ...options } = catalog;
  const guard = new TerminationGuard();
  const sqlite = sqliteInUse()?.source ?? {};
  return {
    workerData: { options, sqlite, guard: guard.shared, nudges: nudges.shared } satisfies WorkerStart,
    end: (terminate) => end(guard, terminate),
    processEnds: () => void guard.shut(EXIT_MS),
    gone: () => {
      // It may have died inside a call, and with a nudge that it had not read.
      guard.leave();
      nudges.open();
    },
  };
}

/** Ends a worker as soon as it is in no call of SQLite. */
function end(guard: TerminationGuard, terminate: () => void): void {
  if (guard.shut(0)) terminate();
  else setTimeout(() => end(guard, terminate), CHECK_MS).unref();
}
