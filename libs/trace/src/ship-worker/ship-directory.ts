import { hostname } from 'node:os';
import { priceBook } from '../catalog/pricing/price-book.js';
import type { PriceTable } from '../model/price.js';
import { clearInterval, performance, setInterval } from '../model/timers.js';
import { ConsumerHost } from '../pipeline/consumer-host.js';
import type { RecordWriter } from '../pipeline/record-consumer.js';
import { isAlive, WriterChains } from '../pipeline/writer-chains.js';
import { KEEP_ALL, KEEP_ALL_EACH_MS } from '../shared/keep-all.js';
import type { PendingErasure, SharedRetention, ShipTarget } from '../shared/ship-target.js';
import { eraseHere } from '../shared/erase-here.js';
import { Erasing } from '../shared/ship/erasing.js';
import { errorText, Reach, watched } from '../shared/ship/reach.js';
import { ShipConsumer } from '../shared/ship/ship-consumer.js';
import { sourceOf } from '../shared/ship/source-of.js';
import { type LocalJournal, openLocalJournal } from '../store/embedded/embedded-store.js';
import type { SharedTarget } from '../store/shared-target.js';
import { openShipTarget } from '../targets/ship-targets.js';

/** How far `shipDirectory` is. */
export interface ShipProgress {
  /** Bytes of all segments. */
  bytes: number;
  /** Bytes of them that are in the shared store. */
  shippedBytes: number;
  /** Traces whose first record was shipped now. */
  traces: number;
  /** Speed since the last report. */
  bytesPerSecond: number;
  /** Bytes that were deleted before they were shipped. */
  lostBytes: number;
  /** Why nothing is shipped at present; `null`: it is, or there is nothing. */
  error: string | null;
}

export interface ShipDirectoryOptions {
  /** The traces' directory. */
  dir: string;
  target: SharedTarget | ShipTarget;
  /** Goes on with what is recorded until `signal`, and gives signs of life for the processes that record. Default: `false`. */
  follow?: boolean;
  signal?: AbortSignal;
  /** Called every `reportMs`, and at the end. */
  onProgress?(progress: ShipProgress): void;
  /** In milliseconds. Default: 500. */
  reportMs?: number;
  /** Name of the instance whose directory it is. Default: the host's name. */
  instance?: string;
  service?: string;
  prices?: PriceTable;
  /** With `follow`: how long the shared store keeps traces. Default: as the applications say that use it. */
  retention?: SharedRetention;
  /** Bytes of lines that are stored in one transaction. Default: 4 MiB. */
  maxBatchBytes?: number;
}

const BEAT_MS = 15_000;
const MAINTAIN_MS = 60_000;
const ERASURES_MS = 1_000;
const CLOSE_MS = 5_000;

/**
 * Ships the segments of all processes of a directory, whether they live or not: for a directory that no application uses any
 * more, and for a process beside the application. Any number of programs may do so at the same time; each record is stored
 * once. Resolves when all is shipped, or after `signal`. Rejects when the shared store does not answer at the start; later it
 * waits for it.
 */
export async function shipDirectory(options: ShipDirectoryOptions): Promise<ShipProgress> {
  const shipping = new DirectoryShipping(options);
  try {
    return await shipping.run();
  } finally {
    await shipping.close();
  }
}

class DirectoryShipping {
  private readonly reach = new Reach(() => this.look());
  private readonly target: ShipTarget;
  private readonly consumer: ShipConsumer;
  private readonly host: ConsumerHost;
  private readonly chains: WriterChains;
  private readonly erasing: Erasing;
  /** Opened by the first erasure. */
  private local: LocalJournal | undefined;
  private readonly timers: NodeJS.Timeout[];
  private readonly startBytes: number;
  private living = new Set<string>();
  private hasAnswered = false;
  private last = { shippedBytes: 0, at: performance.now() };
  private done: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(private readonly options: ShipDirectoryOptions) {
    const { dir, target, prices, maxBatchBytes, reportMs = 500, retention } = options;
    this.target = watched('kind' in target ? openShipTarget(target) : target, this.reach);
    this.chains = new WriterChains(dir);
    this.startBytes = this.bytes();
    this.consumer = new ShipConsumer({
      dir,
      target: this.target,
      sourceOf: (writer) => this.sourceOf(writer),
      maxLagBytes: Number.MAX_SAFE_INTEGER,
      maxBatchBytes,
      prices: priceBook(prices),
      onStored: () => this.look(),
    });
    this.erasing = new Erasing(this.target, this.consumer.erased, (erasure) => this.erase(erasure));
    this.host = new ConsumerHost({ dir, consumers: [this.consumer], reads: 'all', pauses: false });
    this.last = { shippedBytes: this.startBytes - this.lagBytes(), at: performance.now() };
    // These keep the process alive: it is there for this.
    this.timers = [
      setInterval(() => this.report(), reportMs),
      setInterval(() => this.look(), 100),
      setInterval(() => void this.beat(), BEAT_MS),
      setInterval(() => void this.lookForErasures(), ERASURES_MS),
      setInterval(() => void this.maintain(), retention ? MAINTAIN_MS : KEEP_ALL_EACH_MS),
    ];
  }

  async run(): Promise<ShipProgress> {
    const { signal } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.done = { resolve, reject };
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      this.look();
    });
    return this.report();
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.host.close(CLOSE_MS);
    await this.local?.close();
    await this.target.close().catch(() => undefined);
  }

  /** Whether it is over. */
  private look(): void {
    this.reach.look();
    const { connected, lastError } = this.reach;
    if (this.consumer.hasStored) this.hasAnswered = true;
    if (!connected && !this.hasAnswered) return this.done?.reject(lastError!);
    if (this.options.follow) return;
    const lag = this.lagBytes();
    if (lag === 0 || this.bytes() - lag >= this.startBytes) this.done?.resolve();
  }

  private report(): ShipProgress {
    const bytes = this.bytes();
    const shippedBytes = bytes - this.lagBytes();
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.last.at) / 1000);
    const progress: ShipProgress = {
      bytes,
      shippedBytes,
      traces: this.consumer.traces,
      bytesPerSecond: Math.max(0, Math.round((shippedBytes - this.last.shippedBytes) / seconds)),
      lostBytes: this.host.states()[0]?.lost_bytes ?? 0,
      error: this.reach.connected ? null : errorText(this.reach.lastError),
    };
    this.last = { shippedBytes, at: now };
    this.options.onProgress?.(progress);
    return progress;
  }

  private sourceOf(writer: RecordWriter) {
    const { instance = hostname(), service } = this.options;
    return sourceOf(writer, { instance, service }, this.living.has(writer.id));
  }

  /** A sidecar gives the signs of life of the processes that it ships for. */
  private async beat(): Promise<void> {
    if (!this.options.follow) return;
    this.bytes();
    for (const source of this.consumer.shipped) {
      if (!this.living.has(source.writer)) continue;
      const pulse = { lagBytes: this.lagBytes(), lostBytes: 0, dropped: {} };
      await this.target.beat({ ...source, isOwn: true }, pulse).catch(() => undefined);
    }
  }

  /** An application without a shared store of its own does not hear of erasures: the sidecar does them in its directory. */
  private async lookForErasures(): Promise<void> {
    if (!this.options.follow) return;
    for (const source of this.consumer.shipped) {
      if (this.living.has(source.writer)) await this.erasing.look({ ...source, isOwn: true }).catch(() => undefined);
    }
  }

  private erase(erasure: PendingErasure): Promise<void> {
    this.local ??= openLocalJournal({ dir: this.options.dir });
    return eraseHere(this.local.store, erasure);
  }

  /** Beside applications that have no shared store of their own, the sidecars do the maintenance. */
  private async maintain(): Promise<void> {
    if (!this.options.follow) return;
    // A failure is that of the next batch, too; and another process, or the next minute, does the work.
    await this.target.maintain(this.options.retention ?? KEEP_ALL).catch(() => undefined);
  }

  private bytes(): number {
    const chains = [...this.chains.list().values()];
    if (this.options.follow) this.living = new Set(chains.filter(isAlive).map(({ writer }) => writer));
    return chains.flatMap(({ segments }) => segments).reduce((sum, { size }) => sum + size, 0);
  }

  private lagBytes(): number {
    return this.host.states()[0]?.lag_bytes ?? 0;
  }
}
