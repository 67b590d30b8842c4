import { Worker } from 'node:worker_threads';
import { clearTimeout, setTimeout } from '../../../model/timers.js';
import { freeDescriptors } from '../../files/free-descriptors.js';
import { WORD } from './shared-state.js';
import { watchdogCode } from './worker-code.js';

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 60_000;
/** Free descriptors that the start of the thread requires: it takes up to 12, the rest is the application's. */
const MIN_DESCRIPTORS = 64;
/** Heap of the thread. It allocates nothing after its start, which takes 5 MB. */
const MAX_HEAP_MB = 24;
const MAX_YOUNG_MB = 1;

/**
 * Starts the watchdog's thread, and again after its death. It keeps no process alive. Without it the lines of a turn are
 * still written at the turn's end and before any byte leaves; a hang then loses what the hanging turn recorded.
 */
export class Watchdog {
  /** Why there is no thread; `undefined` while one runs, or before the first start. */
  problem: string | undefined;
  /** Number of threads that died. */
  deaths = 0;
  private worker: Worker | undefined;
  private restart: NodeJS.Timeout | undefined;
  private delay = FIRST_RESTART_MS;
  private isStopped = false;

  /**
   * @param onDeath the thread is gone; called before another one is started
   * @param code of the thread; without it (a run on the source) there is none
   */
  constructor(
    private readonly memory: SharedArrayBuffer,
    private readonly words: Int32Array,
    private readonly onDeath: () => void,
    private readonly code: string | undefined = watchdogCode(),
  ) {}

  /** Does not throw. */
  start(): void {
    if (this.code === undefined || this.isStopped) return;
    try {
      const free = freeDescriptors();
      if (free < MIN_DESCRIPTORS) throw new Error(`only ${free} file descriptors are free (see ulimit -n)`);
      const worker = new Worker(this.code, {
        eval: true,
        workerData: this.memory,
        name: 'trace-watchdog',
        // Without the application's flags, loaders and variables, which would run a second time.
        execArgv: [],
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
      });
      // Without a listener, an error of the thread would end the application.
      worker.on('error', (error) => (this.problem = String(error)));
      worker.on('online', () => (this.problem = undefined));
      worker.on('exit', (code) => this.ended(worker, code));
      worker.unref();
      this.worker = worker;
    } catch (error) {
      this.problem = (error as Error).message;
      this.startLater();
    }
  }

  /** Ends the thread. Nothing may be gathered any more. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.restart);
    Atomics.store(this.words, WORD.stop, 1);
    Atomics.notify(this.words, WORD.asleep);
    // It ends by itself. This is for one that has not begun its loop, and is safe then: it holds no lock.
    void this.worker?.terminate();
  }

  private ended(worker: Worker, code: number): void {
    if (this.worker !== worker || this.isStopped) return;
    this.worker = undefined;
    this.deaths += 1;
    this.problem ??= `it ended with code ${code}`;
    this.onDeath();
    this.startLater();
  }

  private startLater(): void {
    this.restart = setTimeout(() => this.start(), this.delay).unref();
    this.delay = Math.min(this.delay * 2, MAX_RESTART_MS);
  }
}
