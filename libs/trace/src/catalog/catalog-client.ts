import { Worker } from 'node:worker_threads';
import { TraceCollectorError } from '../model/errors.js';
import { catalogClosed } from './answer.js';
import type { CatalogApi, CatalogPort } from './catalog.api.js';
import type { CatalogOptions } from './catalog.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

export interface CatalogClientOptions extends CatalogOptions {
  /** The built worker. */
  workerUrl: URL;
  /** How long a question may wait, in milliseconds. Default 30,000. */
  timeoutMs?: number;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;
/** It held for this long: the next failure is a new story. */
const STABLE_MS = 30_000;
const NUDGE_MS = 75;
const CLOSE_MS = 2_000;
/** These read and write the whole journal, and half of one is no answer. */
const CHANGES: ReadonlySet<keyof CatalogApi> = new Set(['clear', 'eraseContact']);
const CHANGE_MS = 10 * 60_000;

/**
 * The catalog in a worker thread, so that neither SQLite nor a wait for its lock is ever felt by the application. The
 * worker's death fails the questions it had and is followed by a new one; nothing is lost, the journal has it all.
 * It never keeps the process alive, but for the time of a question.
 */
export class CatalogClient implements CatalogPort {
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private startedAt = 0;
  private restartMs = 0;
  private restartAt = 0;
  private lastFailure = '';
  private lastId = 0;
  private nudging: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: CatalogClientOptions) {}

  ask<K extends keyof CatalogApi>(call: K, ...args: Parameters<CatalogApi[K]>): Promise<ReturnType<CatalogApi[K]>> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(catalogClosed());
      const worker = this.running();
      if (!worker) return reject(this.unavailable(this.lastFailure));
      this.lastId += 1;
      const id = this.lastId;
      const patience = CHANGES.has(call) ? CHANGE_MS : (this.options.timeoutMs ?? 30_000);
      const timer = setTimeout(() => this.giveUp(id), patience);
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
      worker.ref();
      this.send(worker, { type: 'ask', id, call, args } as ToWorker);
    });
  }

  nudge(): void {
    if (this.nudging || this.closed) return;
    this.nudging = setTimeout(() => {
      this.nudging = undefined;
      const worker = this.closed ? undefined : this.running();
      if (worker) this.send(worker, { type: 'nudge' });
    }, NUDGE_MS).unref();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.nudging);
    const { worker } = this;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    this.send(worker, { type: 'close' });
    const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
    await gone;
    clearTimeout(timer);
  }

  private running(): Worker | undefined {
    if (this.worker) return this.worker;
    if (Date.now() < this.restartAt) return undefined;
    try {
      const { workerUrl, timeoutMs: _, ...data } = this.options;
      const worker = new Worker(workerUrl, {
        workerData: data,
        name: 'trace-catalog',
        // Not the application's flags and loaders: they are not ours to run twice.
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 256 },
      });
      worker.unref();
      worker.on('message', (message: FromWorker) => this.settle(message));
      // Without a listener its error would be the application's end.
      worker.on('error', (error: Error) => (this.lastFailure = error.message));
      worker.on('exit', (code) => this.exited(worker, code));
      this.worker = worker;
      this.startedAt = Date.now();
    } catch (error) {
      this.lastFailure = (error as Error).message;
      this.backOff();
    }
    return this.worker;
  }

  private send(worker: Worker, message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread's, not a window's
    worker.postMessage(message);
  }

  private settle({ id, value, error }: FromWorker): void {
    const waiting = this.take(id);
    if (!waiting) return;
    if (error) waiting.reject(new TraceCollectorError(error.code, error.message));
    else waiting.resolve(value);
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    if (!waiting) return undefined;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if (this.waiting.size === 0 && !this.closed) this.worker?.unref();
    return waiting;
  }

  private giveUp(id: number): void {
    this.take(id)?.reject(this.unavailable('it did not answer in time'));
  }

  private exited(worker: Worker, code: number): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const reason = this.closed ? 'the trace store is closed' : this.lastFailure || `it ended with code ${code}`;
    for (const id of this.waiting.keys()) this.take(id)?.reject(this.unavailable(reason));
    if (Date.now() - this.startedAt > STABLE_MS) this.restartMs = 0;
    this.backOff();
  }

  private backOff(): void {
    this.restartMs = Math.min(this.restartMs === 0 ? FIRST_RESTART_MS : this.restartMs * 2, MAX_RESTART_MS);
    this.restartAt = Date.now() + this.restartMs;
  }

  private unavailable(reason: string): TraceCollectorError {
    return new TraceCollectorError(
      'CATALOG_UNAVAILABLE',
      `The trace catalog's worker is not available: ${reason}. Traces are recorded meanwhile; ask again in some seconds.`,
    );
  }
}
