import { TraceCollectorError } from '../model/errors.js';
import { clearTimeout, setTimeout } from '../model/timers.js';
import { catalogLife } from './catalog-life.js';
import { MAINTENANCE_CALLS, type CatalogCalls, type CatalogPort } from './catalog-port.js';
import { NudgeGate } from './nudge-gate.js';
import { catalogClosed, type MaintainedCatalogOptions } from './maintained-catalog.js';
import { WorkerSupervisor } from './supervisor.js';
import { workerEnvironment } from './worker-environment.js';
import type { FromWorker, ToWorker } from './protocol.js';

export interface CatalogClientOptions extends MaintainedCatalogOptions {
  /** The worker's code, or the file that contains it. */
  worker: string | URL;
  /** Time limit of a query, in milliseconds. Default 30,000. */
  timeoutMs?: number;
}

type Note = (lacks: string) => void;

interface Waiting {
  call: keyof CatalogCalls;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
  note: Note | undefined;
}

/**
 * Delay between a write to the journal and its indexing, in milliseconds. Queries index what they need, so none waits for it: it
 * bounds how much a query may have to index. After a second most traces have ended and are written to the index once;
 * waking a thread costs up to half a millisecond.
 */
const NUDGE_MS = 1_000;
/**
 * Records after which the index does not wait for that delay. They take the indexer about 35 ms. On one CPU at its limit the
 * records of a second, 12,000, took a question 250 ms, and 720 at worst: it had to wait for all of them. With fewer, each trace
 * costs more: a third more in transactions of 600 records than in transactions of 9,000.
 */
const NUDGE_RECORDS = 3_000;
/** Time limit of maintenance calls, which may read and rewrite the whole journal, in milliseconds. */
const MAINTENANCE_MS = 10 * 60_000;

/**
 * A catalog in a worker thread, so that neither SQLite nor a wait for its lock blocks the application. When the worker dies,
 * the calls that it had fail and a new worker starts; the journal holds all data. The worker keeps the process alive only
 * while a call waits for its answer.
 */
export class CatalogClient implements CatalogPort {
  private readonly waiting = new Map<number, Waiting>();
  private readonly supervisor: WorkerSupervisor<ToWorker, FromWorker>;
  private readonly timeoutMs: number;
  private lastId = 0;
  private nudging: NodeJS.Timeout | undefined;
  /** Records since the last nudge. */
  private appended = 0;
  private readonly gate = new NudgeGate();
  private closed = false;

  constructor({ worker, timeoutMs = 30_000, ...catalog }: CatalogClientOptions) {
    this.timeoutMs = timeoutMs;
    this.supervisor = new WorkerSupervisor({
      worker,
      name: 'trace-catalog',
      env: workerEnvironment(),
      life: () => catalogLife(catalog, this.gate),
      onMessage: (message) => {
        if (message.type === 'answer') this.settle(message);
        else if (this.closed) return;
        else if (message.type === 'progress') catalog.onIndexProgress?.(message.progress);
        else catalog.onInterrupted?.(message.traces);
      },
      onDeath: (reason) => this.failAll(this.closed ? 'the trace store is closed' : reason),
    });
  }

  ask<K extends keyof CatalogCalls>(
    call: K,
    ...args: Parameters<CatalogCalls[K]>
  ): Promise<ReturnType<CatalogCalls[K]>> {
    return this.send(call, args);
  }

  noting(note: Note): CatalogPort {
    return {
      ask: (call, ...args) => this.send(call, args, note),
      nudge: () => this.nudge(),
      close: () => this.close(),
    };
  }

  nudge(): void {
    if (this.closed) return;
    this.appended += 1;
    if (this.appended >= NUDGE_RECORDS) this.sendNudge();
    else this.nudging ??= setTimeout(() => this.sendNudge(), NUDGE_MS).unref();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.nudging);
    await this.supervisor.close({ type: 'close' });
  }

  private sendNudge(): void {
    clearTimeout(this.nudging);
    this.nudging = undefined;
    this.appended = 0;
    if (this.closed || !this.gate.close()) return;
    if (!this.supervisor.send({ type: 'nudge' })) this.gate.open();
  }

  private send<K extends keyof CatalogCalls>(
    call: K,
    args: Parameters<CatalogCalls[K]>,
    note?: Note,
  ): Promise<ReturnType<CatalogCalls[K]>> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(catalogClosed());
      this.lastId += 1;
      const id = this.lastId;
      if (!this.supervisor.send({ type: 'ask', id, call, args } as ToWorker)) {
        return reject(unavailable(this.supervisor.lastFailure));
      }
      const timer = setTimeout(() => this.giveUp(id), MAINTENANCE_CALLS.has(call) ? MAINTENANCE_MS : this.timeoutMs);
      this.waiting.set(id, { call, resolve: resolve as (value: unknown) => void, reject, timer, note });
      this.supervisor.hold(true);
    });
  }

  private settle({ id, value, error, lacks }: Extract<FromWorker, { type: 'answer' }>): void {
    const waiting = this.take(id);
    if (!waiting) return;
    if (lacks !== undefined) waiting.note?.(lacks);
    if (error) waiting.reject(new TraceCollectorError(error.code, error.message));
    else waiting.resolve(value);
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    if (!waiting) return undefined;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if (this.waiting.size === 0 && !this.closed) this.supervisor.hold(false);
    return waiting;
  }

  /** The worker answers in turn: when one answer is late the worker hangs, unless a maintenance call keeps it busy. */
  private giveUp(id: number): void {
    this.take(id)?.reject(unavailable('it did not answer in time'));
    const busy = Array.from(this.waiting.values()).some(({ call }) => MAINTENANCE_CALLS.has(call));
    if (!busy) this.supervisor.kill('it did not answer in time');
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
