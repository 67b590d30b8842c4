import { existsSync } from 'node:fs';
import { CatalogClient } from '../../catalog-worker/client.js';
import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import { InlineCatalog } from '../../catalog-worker/inline.js';
import { segmentBytesFor, type RetentionLimits } from '../../maintenance/retention/retention-policy.js';
import type { MaintainedCatalogOptions } from '../../catalog-worker/maintained-catalog.js';
import { workerCode } from '../../catalog-worker/worker-code.js';
import { journalDir } from '../../journal/files/segment-file.js';
import { JournalWriter, type Durability, type JournalPosition } from '../../journal/write/writer.js';
import type { Clock } from '../../model/clock.js';
import type { RecordSink } from '../../model/record.js';
import { clearInterval, setInterval } from '../../model/timers.js';
import { CatalogReader } from './catalog-reader.js';
import { InterruptedTraceCloser } from '../../maintenance/interrupted-trace-closer.js';
import { DirectoryReads } from './directory-reads.js';
import { JournalFeed } from './feed/journal-feed.js';
import type { TraceStore } from '../port.js';
import { SegmentTable } from './feed/segment-table.js';

export interface EmbeddedStoreOptions {
  /** The traces' directory, created when the first record comes. */
  dir: string;
  /** `process` (default): survives the process's death. `fsync`: the machine's too, but for the last half second. */
  durability?: Durability;
  clock?: Clock;
  /** How much of the past is kept. Default: all of it. */
  retention?: RetentionLimits;
  /** A segment's size in bytes; default 64 MiB, less where `retention.maxBytes` is small. */
  maxSegmentBytes?: number;
  /** Capture stops while the disk has fewer bytes free. Default 256 MiB, or 5% of a disk smaller than 5 GiB. */
  minFreeBytes?: number;
  /** Told how far the index is while it takes long to build, and once more when it is complete (`lag` 0). */
  onIndexProgress?: MaintainedCatalogOptions['onIndexProgress'];
  /** How often, in milliseconds. Default 10,000. */
  reportMs?: number;
  /** A file of the catalog worker, in the place of the built one. Without either (a run on the source), the catalog is in this thread. */
  workerUrl?: URL;
}

/** How long a dead process's traces, or what another process wrote, may go unnoticed while nobody asks. */
const WATCH_MS = 2_000;

/** The store that needs nothing but a directory: a journal that is the truth, and a catalog as its index. */
export class EmbeddedStore extends DirectoryReads implements TraceStore {
  private readonly dir: string;
  private readonly writer: JournalWriter;
  private readonly catalog: CatalogPort;
  protected readonly reader: CatalogReader;
  protected readonly feed: JournalFeed;
  private readonly watch: NodeJS.Timeout;

  private constructor(options: EmbeddedStoreOptions) {
    super();
    const { dir } = options;
    this.dir = dir;
    const maxSegmentBytes = options.maxSegmentBytes ?? segmentBytesFor(options.retention);
    this.writer = new JournalWriter({ ...options, maxSegmentBytes, onAppend: () => this.appended() });
    const closer = new InterruptedTraceCloser(dir, this.writer);
    this.catalog = openCatalogPort(options, (traces) => closer.close(traces));
    const own = (): JournalPosition | undefined => this.writer.position();
    const table = new SegmentTable(dir, own);
    this.feed = new JournalFeed(dir, own, table);
    this.reader = new CatalogReader(table, this.catalog, () => ({
      dropped: { ...this.writer.dropped },
      problems: this.problems(),
    }));
    // What an earlier process left open is found now, and what another one leaves soon, not when somebody first asks.
    const look = (): void => void (existsSync(journalDir(dir)) && this.catalog.nudge());
    look();
    this.watch = setInterval(look, WATCH_MS).unref();
  }

  /** Never throws: what is wrong with the directory is in `health()`. */
  static open(options: EmbeddedStoreOptions): EmbeddedStore {
    return new EmbeddedStore(options);
  }

  get sink(): RecordSink {
    return this.writer;
  }

  async clear(options: { keepErrors: boolean }): Promise<{ removed: number }> {
    // Whole segments go, and the one being written to cannot.
    if (this.writer.position()) this.writer.rotate();
    return this.catalog.ask('clear', options);
  }

  pin(traceId: string, pinned: boolean): Promise<boolean> {
    return this.catalog.ask('pin', traceId, pinned);
  }

  eraseContact(contactId: string): Promise<{ removed: number }> {
    return this.catalog.ask('eraseContact', contactId);
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    this.writer.close();
    this.feed.close();
    await this.catalog.close();
  }

  private appended(): void {
    this.feed.poke();
    this.catalog.nudge();
  }

  private problems(): string[] {
    const { failing } = this.writer;
    if (failing === undefined) return [];
    const then = 'Traces are dropped and counted until it works again.';
    if (failing === 'low_descriptors') {
      return [`Almost all file descriptors are in use, and the rest is the application's (see ulimit -n). ${then}`];
    }
    if (failing !== 'low_space') return [`Traces cannot be written: ${failing}. ${then}`];
    return [`The disk of ${this.dir} is almost full, and what is left of it is the application's. ${then}`];
  }
}

function openCatalogPort(
  { dir, workerUrl, retention, onIndexProgress, reportMs }: EmbeddedStoreOptions,
  onInterrupted: MaintainedCatalogOptions['onInterrupted'],
): CatalogPort {
  const worker = workerUrl ?? workerCode();
  const catalog = { dir, retention, onInterrupted, onIndexProgress, reportMs };
  return worker === undefined ? new InlineCatalog(catalog) : new CatalogClient({ ...catalog, worker });
}
