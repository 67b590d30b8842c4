import { Worker } from 'node:worker_threads';
import { freeDescriptors } from '../journal/files/free-descriptors.js';
import { clearTimeout, setTimeout, wallNow } from '../model/timers.js';
import { TerminationGuard } from '../catalog/db/sqlite/termination-guard.js';
import { PoisonWatch } from '../catalog/indexer/poison.js';
import { sqliteInUse } from '../catalog/db/sqlite/sqlite.js';
import type { MaintainedCatalogOptions } from './maintained-catalog.js';
import { workerEnvironment } from './worker-environment.js';
import type { FromWorker, ToWorker, WorkerStart } from './protocol.js';

export interface WorkerSupervisorOptions {
  /** The worker: its code, or the file that has it. */
  worker: string | URL;
  catalog: MaintainedCatalogOptions;
  onMessage(message: FromWorker): void;
  /** The worker is gone, with all that was asked of it. */
  onDeath(reason: string): void;
}

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 4_000;
/** It held for this long: the next failure is a new story. */
const STABLE_MS = 30_000;
const CLOSE_MS = 2_000;
/** At the process's end, for a call of SQLite's to come back: nearly all take less than one of these. */
const EXIT_MS = 1_000;
const LOOK_MS = 10;
/**
 * Free file descriptors without which no worker is started. Starting one takes up to 36 (measured on Node 20: event loop, modules,
 * catalog, segments); the rest stays for the application's connections.
 */
const MIN_DESCRIPTORS = 64;
/** An index needs 40 MB at most; a runaway must end before the host feels it. */
const MAX_HEAP_MB = 256;
/**
 * What is made and dropped between two collections. V8's own measure would be memory that the host pays for; and the
 * larger it is, the longer each collection holds the threads that those of the application wait for.
 */
const MAX_YOUNG_MB = 2;

/**
 * Keeps one worker alive: starts it when it is wanted, and anew after it died, each time after twice the wait. A worker
 * never keeps the process alive on its own.
 */
export class WorkerSupervisor {
  /** Why the last one died. */
  lastFailure = '';
  /** Workers that died since the start. */
  deaths = 0;

  private readonly poison = new PoisonWatch();
  private worker: Worker | undefined;
  private terminate: (() => void) | undefined;
  private startedAt = 0;
  private restartMs = 0;
  private restartAt = 0;

  constructor(private readonly options: WorkerSupervisorOptions) {}

  /** Sends to the worker, which is started if there is none. `false`: it died a moment ago, try later. */
  send(message: ToWorker): boolean {
    const worker = this.running();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's, not a window's
    worker?.postMessage(message);
    return worker !== undefined;
  }

  /** Whether an answer is being waited for, which is worth keeping the process alive. */
  hold(held: boolean): void {
    if (held) this.worker?.ref();
    else this.worker?.unref();
  }

  /** It hangs: the next one goes on. */
  kill(reason: string): void {
    this.lastFailure = reason;
    this.terminate?.();
  }

  /** Settles when the worker has closed the catalog and is gone. */
  async close(): Promise<void> {
    const { worker, terminate } = this;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    this.send({ type: 'close' });
    const timer = setTimeout(() => terminate?.(), CLOSE_MS);
    await gone;
    clearTimeout(timer);
  }

  private running(): Worker | undefined {
    if (this.worker || wallNow() < this.restartAt) return this.worker;
    try {
      this.lastFailure = tooFewDescriptors() ?? '';
      if (this.lastFailure !== '') {
        this.backOff();
        return undefined;
      }
      this.worker = this.start();
      this.startedAt = wallNow();
    } catch (error) {
      this.lastFailure = (error as Error).message;
      this.backOff();
    }
    return this.worker;
  }

  private start(): Worker {
    const { guard: _g, onInterrupted: _i, onIndexProgress: _p, ...options } = this.options.catalog;
    const guard = new TerminationGuard();
    const { place, poison } = this.poison;
    const sqlite = sqliteInUse()?.source ?? {};
    const worker = new Worker(this.options.worker, {
      eval: typeof this.options.worker === 'string',
      workerData: { options, sqlite, place, guard: guard.shared, poison } satisfies WorkerStart,
      name: 'trace-catalog',
      // Not the application's flags, loaders and variables: they are not ours to run twice.
      execArgv: [],
      env: workerEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
    });
    worker.on('message', (message: FromWorker) => this.options.onMessage(message));
    // Without a listener its error would be the application's end.
    worker.on('error', (error: Error) => (this.lastFailure = error.message));
    this.terminate = () => end(worker, guard);
    const beforeExit = (): void => void guard.shut(EXIT_MS);
    process.on('exit', beforeExit);
    worker.on('exit', (code) => {
      process.off('exit', beforeExit);
      // It may have died inside a call.
      guard.leave();
      this.exited(worker, code);
    });
    // After the listeners: adding one for messages refs the worker's port again, and the process would never exit.
    worker.unref();
    return worker;
  }

  private exited(worker: Worker, code: number): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.deaths += 1;
    this.poison.died();
    if (wallNow() - this.startedAt > STABLE_MS) this.restartMs = 0;
    this.backOff();
    this.lastFailure ||= `it ended with code ${code}`;
    this.options.onDeath(this.lastFailure);
  }

  private backOff(): void {
    this.restartMs = Math.min(this.restartMs === 0 ? FIRST_RESTART_MS : this.restartMs * 2, MAX_RESTART_MS);
    this.restartAt = wallNow() + this.restartMs;
  }
}

function tooFewDescriptors(): string | undefined {
  const free = freeDescriptors();
  if (free >= MIN_DESCRIPTORS) return undefined;
  return `only ${free} file descriptors are free, and it starts with ${MIN_DESCRIPTORS}; raise the limit (ulimit -n)`;
}

/** Ends a worker as soon as it is in no call of SQLite's. */
function end(worker: Worker, guard: TerminationGuard): void {
  if (guard.shut(0)) void worker.terminate();
  else setTimeout(() => end(worker, guard), LOOK_MS).unref();
}
