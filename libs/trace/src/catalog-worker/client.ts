import { TraceCollectorError } from '../model/errors.js';
import { clearTimeout, setTimeout } from '../model/timers.js';
import { catalogClosed } from './run-call.js';
import type { CatalogApi, CatalogPort } from '../catalog/catalog.api.js';
import type { CatalogOptions } from '../catalog/catalog.js';
import { WorkerSupervisor } from './supervisor.js';
import type { FromWorker, ToWorker } from './protocol.js';

export interface CatalogClientOptions extends CatalogOptions {
  /** The worker: its code, or the file that has it. */
  worker: string | URL;
  /** How long a question may wait, in milliseconds. Default 30,000. */
  timeoutMs?: number;
}

interface Waiting {
  call: keyof CatalogApi;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * Whoever asks gets all that is in the journal, so nobody waits for this: it bounds how much a question may find still
 * to do. By then most traces have ended and are written once, and waking a thread costs up to half a millisecond.
 */
const NUDGE_MS = 1_000;
/** These read and write the whole journal, and half of one is no answer. */
const CHANGES: ReadonlySet<keyof CatalogApi> = new Set(['clear', 'pin', 'eraseContact']);
const CHANGE_MS = 10 * 60_000;

/**
 * The catalog in a worker thread, so that neither SQLite nor a wait for its lock is ever felt by the application. The
 * worker's death fails the questions it had and is followed by a new one; nothing is lost, the journal has it all.
 * It never keeps the process alive, but for the time of a question.
 */
export class CatalogClient implements CatalogPort {
  private readonly waiting = new Map<number, Waiting>();
  private readonly keeper: WorkerSupervisor;
  private readonly timeoutMs: number;
  private lastId = 0;
  private nudging: NodeJS.Timeout | undefined;
  private closed = false;

  constructor({ worker, timeoutMs = 30_000, ...catalog }: CatalogClientOptions) {
    this.timeoutMs = timeoutMs;
    this.keeper = new WorkerSupervisor({
      worker,
      catalog,
      onMessage: (message) => {
        if (message.type === 'answer') this.settle(message);
        else if (this.closed) return;
        else if (message.type === 'building') catalog.onBuilding?.(message.progress);
        else catalog.onInterrupted?.(message.traces);
      },
      onDeath: (reason) => this.failAll(this.closed ? 'the trace store is closed' : reason),
    });
  }

  ask<K extends keyof CatalogApi>(call: K, ...args: Parameters<CatalogApi[K]>): Promise<ReturnType<CatalogApi[K]>> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(catalogClosed());
      this.lastId += 1;
      const id = this.lastId;
      if (!this.keeper.send({ type: 'ask', id, call, args } as ToWorker)) {
        return reject(unavailable(this.keeper.lastFailure));
      }
      const timer = setTimeout(() => this.giveUp(id), CHANGES.has(call) ? CHANGE_MS : this.timeoutMs);
      this.waiting.set(id, { call, resolve: resolve as (value: unknown) => void, reject, timer });
      this.keeper.hold(true);
    });
  }

  nudge(): void {
    if (this.nudging || this.closed) return;
    this.nudging = setTimeout(() => {
      this.nudging = undefined;
      if (!this.closed) this.keeper.send({ type: 'nudge' });
    }, NUDGE_MS).unref();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.nudging);
    await this.keeper.close();
  }

  private settle({ id, value, error }: Extract<FromWorker, { type: 'answer' }>): void {
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
    if (this.waiting.size === 0 && !this.closed) this.keeper.hold(false);
    return waiting;
  }

  /** It answers in turn: one that is this late hangs, unless it is busy with what may take its time. */
  private giveUp(id: number): void {
    this.take(id)?.reject(unavailable('it did not answer in time'));
    const busy = Array.from(this.waiting.values()).some(({ call }) => CHANGES.has(call));
    if (!busy) this.keeper.kill('it did not answer in time');
  }

  private failAll(reason: string): void {
    for (const id of this.waiting.keys()) this.take(id)?.reject(unavailable(reason));
  }
}

function unavailable(reason: string): TraceCollectorError {
  return new TraceCollectorError(
    'CATALOG_UNAVAILABLE',
    `The trace catalog's worker is not available: ${reason}. Traces are recorded meanwhile; ask again in some seconds.`,
  );
}
