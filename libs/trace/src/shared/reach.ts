import { TraceCollectorError, type ErrorCode } from '../model/errors.js';
import { clearTimeout, setTimeout, wallNow } from '../model/timers.js';

/** Failures of the database itself, or of the way to it. Every question fails with them, not only this one. */
const OUTAGES: readonly ErrorCode[] = ['STORE_UNAVAILABLE', 'DRIVER_MISSING', 'SCHEMA_OUTDATED', 'SCHEMA_NEWER'];

/** Milliseconds that a question waits for the shared store. */
const ANSWER_MS = 5_000;
/** Milliseconds between two probes of a shared store that is out of reach: the first, and the longest. */
const FIRST_PROBE_MS = 200;
const LAST_PROBE_MS = 1_000;

/** Whether the shared store answers, as its last calls showed. */
export interface ReachState {
  connected: boolean;
  /** Since when, in milliseconds since the epoch. */
  sinceMs: number;
  /** Why it is out of reach, or was the last time. `undefined`: it never was. */
  outage: TraceCollectorError | undefined;
  /** Message of the last failure, also of one that only a single question had. */
  lastError: string | undefined;
}

export interface ReachOptions {
  /** A light question. It is repeated while the shared store is out of reach. */
  probe: () => Promise<unknown>;
  /** Milliseconds that a question may take. Default: 5,000. */
  answerMs?: number;
}

/**
 * Calls the shared store, and stops calling it after a failure: questions are then refused at once instead of waiting for a
 * dead host, and a probe in the background finds out when it answers again.
 */
export class Reach {
  private state: ReachState = { connected: true, sinceMs: wallNow(), outage: undefined, lastError: undefined };
  private readonly options: Required<ReachOptions>;
  private probing: NodeJS.Timeout | undefined;
  private probeMs = FIRST_PROBE_MS;
  private waiting: { resolve(): void; reject(error: Error): void }[] = [];
  private closed = false;

  constructor({ probe, answerMs = ANSWER_MS }: ReachOptions) {
    this.options = { probe, answerMs };
  }

  get isClosed(): boolean {
    return this.closed;
  }

  get current(): Readonly<ReachState> {
    return this.state;
  }

  /**
   * The result of `work`. Rejects with an outage (`isOutage`) at once while the shared store is out of reach, and when
   * `work` fails with one or takes longer than `withinMs`.
   */
  async ask<T>(work: () => Promise<T>, withinMs = this.options.answerMs): Promise<T> {
    if (this.closed) throw closedStore();
    const { connected, outage } = this.state;
    if (!connected && outage) throw outage;
    return this.call(work, withinMs);
  }

  /** Calls a probe now, whatever the state is, for `withinMs` milliseconds at most. Does not reject. */
  async probe(withinMs = this.options.answerMs): Promise<void> {
    if (this.closed) return;
    try {
      await this.call(this.options.probe, withinMs);
    } catch {
      // The state has the reason.
    }
  }

  /** Resolves when the shared store is within reach. Rejects when this is closed. */
  async reached(): Promise<void> {
    if (this.closed) throw closedStore();
    if (this.state.connected) return;
    await new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.probing);
    for (const { reject } of this.takeWaiting()) reject(closedStore());
  }

  private async call<T>(work: () => Promise<T>, withinMs: number): Promise<T> {
    try {
      const result = await within(work, withinMs);
      this.found();
      return result;
    } catch (error) {
      if (isOutage(error)) this.lost(error);
      else if (!isCoded(error)) this.state = { ...this.state, lastError: String((error as Error)?.message ?? error) };
      throw error;
    }
  }

  private found(): void {
    if (this.state.connected || this.closed) return;
    clearTimeout(this.probing);
    this.probing = undefined;
    this.probeMs = FIRST_PROBE_MS;
    this.state = { ...this.state, connected: true, sinceMs: wallNow() };
    for (const { resolve } of this.takeWaiting()) resolve();
  }

  private lost(outage: TraceCollectorError): void {
    const { connected, sinceMs } = this.state;
    this.state = {
      connected: false,
      sinceMs: connected ? wallNow() : sinceMs,
      outage,
      lastError: outage.message,
    };
    this.probeLater();
  }

  private probeLater(): void {
    if (this.probing || this.closed) return;
    // With jitter: all instances lose the database at the same time.
    const afterMs = this.probeMs * (0.75 + Math.random() / 2);
    this.probeMs = Math.min(LAST_PROBE_MS, this.probeMs * 2);
    this.probing = setTimeout(() => {
      void this.probe().finally(() => {
        this.probing = undefined;
        if (!this.state.connected) this.probeLater();
      });
    }, afterMs).unref();
  }

  private takeWaiting(): { resolve(): void; reject(error: Error): void }[] {
    const { waiting } = this;
    this.waiting = [];
    return waiting;
  }
}

/** Whether a failure is one of the database, or of the way to it. */
export function isOutage(error: unknown): error is TraceCollectorError {
  return isCoded(error) && OUTAGES.includes(error.code);
}

/** By name too: a driver may be loaded by a second copy of the package. */
export function isCoded(error: unknown): error is TraceCollectorError {
  return (
    error instanceof TraceCollectorError ||
    (error instanceof Error && error.name === 'TraceCollectorError' && 'code' in error)
  );
}

/** `work`, or a rejection after this many milliseconds. What `work` does later has no effect. */
async function within<T>(work: () => Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new TraceCollectorError('STORE_UNAVAILABLE', `The shared store did not answer within ${ms} ms.`);
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function closedStore(): TraceCollectorError {
  return new TraceCollectorError('STORE_UNAVAILABLE', 'The shared store is closed.');
}
