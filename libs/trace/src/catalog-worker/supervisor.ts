import { Worker } from 'node:worker_threads';
import { freeDescriptors } from '../journal/files/free-descriptors.js';
import { clearTimeout, setTimeout, wallNow } from '../model/timers.js';

/** What one worker needs beside its code. */
export interface WorkerLife {
  workerData: unknown;
  /** Ends the thread when it may be ended. Default: at once. */
  end?(terminate: () => void): void;
  /** The process ends while the worker runs. */
  processEnds?(): void;
  /** The worker is gone. */
  gone?(): void;
}

export interface WorkerSupervisorOptions<From> {
  /** The worker's code, or the file that contains it. */
  worker: string | URL;
  /** Name of the thread. */
  name: string;
  env: NodeJS.ProcessEnv;
  /** Called for each worker that is started. */
  life(): WorkerLife;
  onMessage(message: From): void;
  /** The worker is gone, and the calls that it had have failed. */
  onDeath(reason: string): void;
}

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 4_000;
/** Uptime after which the restart back-off is reset, in milliseconds. */
const STABLE_MS = 30_000;
const CLOSE_MS = 2_000;
/**
 * Free file descriptors that the start of a worker requires. It takes up to 36 (measured on Node 20: event loop, modules,
 * catalog, segments); the rest is left for the application's connections.
 */
const MIN_DESCRIPTORS = 64;
/** Heap limit of a worker. An index needs 40 MB at most, shipping 80 MB; a runaway ends before it harms the host. */
const MAX_HEAP_MB = 256;
/**
 * Limit of the young generation. V8's default would cost the host memory, and each collection would block the threads that
 * the application's own collections wait for. With 2 MB, what a transaction of the indexer needs survived several
 * collections.
 */
const MAX_YOUNG_MB = 8;

/**
 * Supervises one worker: starts it when a message is sent, and restarts it after its death with a back-off that doubles. A
 * worker does not keep the process alive by itself.
 */
export class WorkerSupervisor<To, From> {
  /** Why the last worker died. */
  lastFailure = '';
  /** Number of workers that died. */
  deaths = 0;

  private worker: Worker | undefined;
  private terminate: (() => void) | undefined;
  private startedAt = 0;
  private restartMs = 0;
  private restartAt = 0;

  constructor(private readonly options: WorkerSupervisorOptions<From>) {}

  /** Sends a message to the worker, which is started if there is none. Returns `false` during the back-off after a death. */
  send(message: To): boolean {
    const worker = this.running();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's, not a window's
    worker?.postMessage(message);
    return worker !== undefined;
  }

  /** Whether the worker keeps the process alive, which it does while a call waits for its answer. */
  hold(held: boolean): void {
    if (held) this.worker?.ref();
    else this.worker?.unref();
  }

  /** Ends a worker that hangs. The next message starts another one. */
  kill(reason: string): void {
    this.lastFailure = reason;
    this.terminate?.();
  }

  /**
   * Settles when the worker, if there is one, has ended itself after this message.
   * @param withinMs a worker that takes longer is ended
   */
  async close(message: To, withinMs = CLOSE_MS): Promise<void> {
    const { worker, terminate } = this;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    this.send(message);
    const timer = setTimeout(() => terminate?.(), withinMs);
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
    const life = this.options.life();
    const worker = new Worker(this.options.worker, {
      eval: typeof this.options.worker === 'string',
      workerData: life.workerData,
      name: this.options.name,
      // Without the application's flags, loaders and variables, which would run a second time.
      execArgv: [],
      env: this.options.env,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
    });
    worker.on('message', (message: From) => this.options.onMessage(message));
    // Without a listener, an error of the worker would end the application.
    worker.on('error', (error: Error) => (this.lastFailure = error.message));
    const terminate = (): void => void worker.terminate();
    this.terminate = () => (life.end ? life.end(terminate) : terminate());
    const beforeExit = (): void => life.processEnds?.();
    process.on('exit', beforeExit);
    worker.on('exit', (code) => {
      process.off('exit', beforeExit);
      life.gone?.();
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
