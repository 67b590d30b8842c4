import { hostname } from 'node:os';
import type { JournalPosition, JournalWriter } from '../journal/write/writer.js';
import { packageVersion } from '../model/package-version.js';
import { clearInterval, clearTimeout, setInterval, setTimeout, wallNow } from '../model/timers.js';
import type { ShippingReport } from '../shared/ship/shipping.js';
import type { PendingErasure } from '../shared/ship-target.js';
import type { Shipper, ShippingState } from '../shared/shipper.js';
import { findDriver } from '../targets/drivers.js';
import { inlineLink, workerLink, type ShipLink } from './links.js';
import type { FromShipping, ShipStart } from './protocol.js';
import { shipWorkerCode } from './worker-code.js';

export interface ShipClientOptions extends Omit<ShipStart, 'driver'> {
  /** Writes this process's part of the journal. */
  writer: Pick<JournalWriter, 'position' | 'writer' | 'dropped'>;
  /** File of the worker, instead of the built one. Without either (a run on the source), it ships in this thread. */
  workerUrl?: URL;
}

/** Between two looks whether the process has recorded something. With it a batch has what 200 ms brought. */
const POLL_MS = 200;

interface Waiting {
  at: JournalPosition;
  resolve(isStored: boolean): void;
}

/**
 * The side of the thread that records. It sends how far the journal is, a few times a second at most; the worker reads the
 * journal itself. A worker that dies is started again, and reads on from where the shared store is.
 */
export class ShipClient implements Shipper {
  private readonly link: ShipLink;
  private readonly writer: ShipClientOptions['writer'];
  private readonly timer: NodeJS.Timeout;
  private report: ShippingReport;
  private waiting: Waiting[] = [];
  private sent: JournalPosition | undefined;
  private isStarted = false;
  private isClosed = false;
  private listener: ((erasure: PendingErasure) => Promise<void>) | undefined;

  constructor({ writer, workerUrl, ...start }: ShipClientOptions) {
    this.writer = writer;
    const whole: ShipStart = { ...start, driver: findDriver(start.target) };
    const worker = workerUrl ?? shipWorkerCode();
    const listeners = {
      onMessage: (message: FromShipping) => this.take(message),
      onDeath: (reason: string) => this.died(reason),
    };
    this.report = { connected: true, sinceMs: wallNow(), lagBytes: 0, lostBytes: 0, lastError: null, ...NOTHING };
    this.link = worker === undefined ? inlineLink(whole, listeners) : workerLink(worker, whole, listeners);
    this.timer = setInterval(() => this.poll(), POLL_MS).unref();
  }

  get state(): ShippingState {
    const { oldestUs, stored: _stored, ...state } = this.report;
    const waits = state.lagBytes > 0 && oldestUs !== null;
    return { ...state, lagMs: waits ? Math.max(0, Math.round(wallNow() - oldestUs / 1000)) : 0 };
  }

  flush(withinMs: number): Promise<boolean> {
    const at = this.writer.position();
    if (!at || this.hasStored(at)) return Promise.resolve(true);
    if (this.isClosed || !this.report.connected) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting = { at, resolve: done };
      const timer = setTimeout(() => done(false), withinMs);
      const all = this.waiting;
      function done(isStored: boolean): void {
        clearTimeout(timer);
        const place = all.indexOf(waiting);
        if (place !== -1) all.splice(place, 1);
        resolve(isStored);
      }
      all.push(waiting);
      this.poll();
    });
  }

  onErasure(listener: (erasure: PendingErasure) => Promise<void>): void {
    this.listener = listener;
  }

  async close(withinMs: number): Promise<void> {
    if (this.isClosed) return;
    clearInterval(this.timer);
    this.sent = undefined;
    // A process that lived for less than a poll has no thread yet.
    this.poll(true);
    this.isClosed = true;
    await this.link.close(withinMs);
    for (const { at, resolve } of this.waiting.slice()) resolve(this.hasStored(at));
  }

  /** @param isSealed the journal is closed: its writer has no position any more */
  private poll(isSealed = false): void {
    const at = this.writer.position();
    if (this.isStarted && isSame(at, this.sent) && !isSealed) return;
    const hasRecorded = at !== undefined || (isSealed && this.report.stored !== null);
    this.isStarted = this.link.send(hasRecorded ? this.recorded(at) : { type: 'start' });
    if (this.isStarted) this.sent = at;
  }

  private recorded(at: JournalPosition | undefined) {
    const { id, number } = this.writer.writer;
    const writer = { id, number, host: hostname(), pid: process.pid, version: packageVersion() };
    return { type: 'recorded' as const, writer, at, dropped: { ...this.writer.dropped } };
  }

  private take(message: FromShipping): void {
    if (message.type === 'erase') return void this.erase(message.erasure);
    if (message.type !== 'report') return;
    this.report = message.report;
    for (const { at, resolve } of this.waiting.slice()) {
      if (this.hasStored(at)) resolve(true);
      else if (!this.report.connected) resolve(false);
    }
  }

  private async erase(erasure: PendingErasure): Promise<void> {
    const { id } = erasure;
    try {
      if (!this.listener) throw new Error('no listener erases');
      await this.listener(erasure);
      this.link.send({ type: 'erased', id });
    } catch (error) {
      this.link.send({ type: 'erased', id, error: String(error) });
    }
  }

  private died(reason: string): void {
    this.isStarted = false;
    if (this.isClosed) return;
    const lastError = `the thread that ships has ended: ${reason}`;
    this.report = { ...this.report, connected: false, sinceMs: wallNow(), lastError };
    for (const { resolve } of this.waiting.slice()) resolve(false);
  }

  private hasStored({ segment, offset }: JournalPosition): boolean {
    const { stored } = this.report;
    return stored !== null && (stored.segment > segment || (stored.segment === segment && stored.offset >= offset));
  }
}

const NOTHING = { oldestUs: null, stored: null };

function isSame(a: JournalPosition | undefined, b: JournalPosition | undefined): boolean {
  return a?.segment === b?.segment && a?.offset === b?.offset;
}
