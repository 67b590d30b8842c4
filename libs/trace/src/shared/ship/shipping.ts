import type { JournalPosition } from '../../journal/write/writer.js';
import type { PriceOf } from '../../model/price.js';
import type { Writer } from '../../model/trace-key.js';
import { clearTimeout, performance, setTimeout } from '../../model/timers.js';
import { DEFAULT_MAX_LAG_BYTES, type Checkpoint } from '../../pipeline/checkpoints.js';
import { ConsumerHost } from '../../pipeline/consumer-host.js';
import type { RecordWriter } from '../../pipeline/record-consumer.js';
import type { PendingErasure, SharedRetention, ShipSource, ShipTarget } from '../ship-target.js';
import { Erasing } from './erasing.js';
import { errorText, Reach, watched } from './reach.js';
import { Repeated } from './repeated.js';
import { ShipConsumer } from './ship-consumer.js';
import { sourceOf, type InstanceName } from './source-of.js';

/** How far a directory's journal is in the shared store. Plain data: a worker sends it. */
export interface ShippingReport {
  connected: boolean;
  sinceMs: number;
  lagBytes: number;
  lostBytes: number;
  lastError: string | null;
  /** Time of the oldest record that waits, in microseconds; `null`: none does. */
  oldestUs: number | null;
  /** Place in the segments of this process up to which its records are stored; `null`: none are. */
  stored: Checkpoint | null;
}

export interface ShippingOptions extends InstanceName {
  /** The traces' directory. */
  dir: string;
  target: ShipTarget;
  /** Bytes that wait at most for the shared store. */
  spoolBytes?: number;
  prices: PriceOf;
  /** How long the shared store keeps traces. */
  retention: SharedRetention;
  onReport(report: ShippingReport): void;
  /** Erases a contact from the directory. */
  erase(erasure: PendingErasure): Promise<void>;
}

const BEAT_MS = 15_000;
const ERASURES_MS = 1_000;
const MAINTAIN_MS = 60_000;
const REPORT_MS = 1_000;
/** The tables are made, and an unreachable store is known, before the first record comes. */
const FIRST_CALL_MS = 100;
/** How long the end of the connections may take. */
const CLOSE_TARGET_MS = 1_000;

/** What this process has recorded. */
interface Recorded {
  writer: RecordWriter;
  at: JournalPosition | undefined;
}

/** Ships what a process records and what dead processes of its directory left, and gives the signs of life of the process. */
export class Shipping {
  private readonly reach = new Reach(() => this.reachChanged());
  private readonly target: ShipTarget;
  private readonly consumer: ShipConsumer;
  private readonly host: ConsumerHost;
  private readonly repeated: Repeated[];
  private own: Recorded | undefined;
  private dropped: Readonly<Record<string, number>> = {};
  private stored: Checkpoint | null = null;
  private lag = { lagBytes: 0, lostBytes: 0 };
  private sent = '';

  constructor(private readonly options: ShippingOptions) {
    const { dir, prices, spoolBytes = DEFAULT_MAX_LAG_BYTES } = options;
    this.target = watched(options.target, this.reach);
    this.consumer = new ShipConsumer({
      dir,
      target: this.target,
      sourceOf: (writer) => this.sourceOf(writer),
      maxLagBytes: spoolBytes,
      prices,
      onStored: ({ writer }, to) => this.takes(writer, to),
    });
    const writer = new ReportedWriter(() => this.own);
    this.host = new ConsumerHost({ dir, consumers: [this.consumer], writer });
    const erasing = new Erasing(this.target, this.consumer.erased, (erasure) => options.erase(erasure));
    this.repeated = [
      new Repeated(MAINTAIN_MS, () => this.target.maintain(options.retention), FIRST_CALL_MS),
      new Repeated(BEAT_MS, () => this.beat()),
      new Repeated(ERASURES_MS, async () => {
        await this.register();
        if (this.isRegistered) await erasing.look(this.sourceOf(this.own!.writer));
      }),
      new Repeated(REPORT_MS, async () => {
        this.reach.look();
        this.report();
      }),
    ];
  }

  /** This process has recorded up to here. */
  recorded(writer: RecordWriter, at: JournalPosition | undefined, dropped: Readonly<Record<string, number>>): void {
    this.own = { writer, at };
    this.dropped = dropped;
    this.host.nudge();
  }

  /** Ships the rest of this process's records, for `withinMs` at most, and gives the last sign of life. */
  async close(withinMs: number): Promise<void> {
    const started = performance.now();
    for (const each of this.repeated) each.stop();
    await this.host.close(withinMs);
    const leftMs = withinMs - (performance.now() - started);
    if (this.isRegistered && this.reach.connected) await within(leftMs, this.beat(true));
    this.report();
    await within(CLOSE_TARGET_MS, this.options.target.close());
  }

  /** The shared store knows this process. */
  private get isRegistered(): boolean {
    return this.stored !== null;
  }

  /** In a new worker, where all that the process recorded is shipped already. */
  private async register(): Promise<void> {
    if (!this.own || this.isRegistered) return;
    const stored = await this.target.open(this.sourceOf(this.own.writer));
    this.stored ??= stored;
    this.report(false);
  }

  private sourceOf(writer: RecordWriter): ShipSource {
    return sourceOf(writer, this.options, writer.id === this.own?.writer.id);
  }

  private takes(writer: string, to: Checkpoint): void {
    if (writer !== this.own?.writer.id) return;
    this.stored = to;
    this.report(false);
  }

  private async beat(closed = false): Promise<void> {
    if (!this.isRegistered) return;
    this.measure();
    await this.target.beat(this.sourceOf(this.own!.writer), { ...this.lag, dropped: this.dropped }, closed);
  }

  private reachChanged(): void {
    this.report();
    // Something works again: batches need not wait for their next try.
    if (this.reach.isImproving) this.host.retry();
  }

  private measure(): void {
    const [{ lag_bytes: lagBytes, lost_bytes: lostBytes = 0 } = { lag_bytes: 0 }] = this.host.states();
    this.lag = { lagBytes, lostBytes };
  }

  /** @param measures reads the directory for the lag; else the last one is reported */
  private report(measures = true): void {
    if (measures) this.measure();
    const { connected, sinceMs, lastError } = this.reach;
    const report: ShippingReport = {
      connected,
      sinceMs,
      ...this.lag,
      lastError: errorText(lastError),
      oldestUs: this.consumer.waitingSince ?? null,
      stored: this.stored,
    };
    const text = JSON.stringify(report);
    if (text === this.sent) return;
    this.sent = text;
    this.options.onReport(report);
  }
}

/** The writer of this process as another thread knows it. Before its first record it is in no segment. */
class ReportedWriter {
  constructor(private readonly own: () => Recorded | undefined) {}

  get writer(): Writer {
    return this.own()?.writer ?? { id: '', number: 0 };
  }

  position(): JournalPosition | undefined {
    return this.own()?.at;
  }
}

/** Waits for work, but not for long. Never rejects. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(0, ms))));
  await Promise.race([late, work.catch(() => undefined)]);
  clearTimeout(timer);
}
