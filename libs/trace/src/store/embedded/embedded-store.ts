import { existsSync } from 'node:fs';
import { CatalogClient } from '../../catalog-worker/client.js';
import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import { InlineCatalog } from '../../catalog-worker/inline.js';
import { segmentBytesFor, type RetentionLimits } from '../../maintenance/retention/retention-policy.js';
import type { MaintainedCatalogOptions } from '../../catalog-worker/maintained-catalog.js';
import { workerCode } from '../../catalog-worker/worker-code.js';
import { journalDir } from '../../journal/files/segment-file.js';
import { JournalWriter, type JournalWriterOptions } from '../../journal/write/writer.js';
import type { PriceTable } from '../../model/price.js';
import { clearInterval, setInterval } from '../../model/timers.js';
import type { TraceAdmin, TraceErrors } from '../port.js';
import { DirectoryStore } from './directory-store.js';
import { InterruptedTraceCloser } from '../../maintenance/interrupted-trace-closer.js';
import { writerProblems } from './writer-problems.js';

export interface EmbeddedStoreOptions {
  /** The traces' directory. */
  dir: string;
  /** The writer of this process's part of the journal in `dir`. */
  writer: JournalWriter;
  /** How long traces are kept. Default: for ever. */
  retention?: RetentionLimits;
  /** The application's own prices of models. Default: none, only the kept list. */
  prices?: PriceTable;
  /** Called while a long build of the index runs, and once more when it is complete (`lag` 0). */
  onIndexProgress?: MaintainedCatalogOptions['onIndexProgress'];
  /** Milliseconds between two calls of `onIndexProgress`. Default 10,000. */
  reportMs?: number;
  /** File of the catalog worker, instead of the built one. Without either (a run on the source), the catalog is in this thread. */
  workerUrl?: URL;
}

/** Milliseconds until the traces of a dead process, or what another process wrote, are indexed without a question. */
const WATCH_MS = 2_000;

/** The store that needs nothing but a directory: it reads the journal, with a catalog as its index. */
export class EmbeddedStore extends DirectoryStore {
  readonly admin: TraceAdmin;
  override readonly errors: TraceErrors;
  private readonly dir: string;
  private readonly writer: JournalWriter;
  private readonly watch: NodeJS.Timeout;

  /** Does not throw: problems with the directory are in `health()`. */
  constructor(options: EmbeddedStoreOptions) {
    const { dir, writer } = options;
    const closer = new InterruptedTraceCloser(dir, writer);
    const catalog = openCatalogPort(options, (traces) => closer.close(traces));
    super({ dir, catalog, position: () => writer.position() });
    this.dir = dir;
    this.writer = writer;
    this.errors = {
      marks: () => catalog.ask('errorStates'),
      mark: (...given) => catalog.ask('markError', ...given),
    };
    this.admin = {
      pin: (traceId, pinned) => catalog.ask('pin', traceId, pinned),
      clear: (clearing) => this.clear(clearing),
      // Lines that are gathered for the end of this turn are erased too.
      erase: async (contactId) => (writer.flush(), { ...(await catalog.ask('eraseContact', contactId)), pending: 0 }),
    };
    // Finds what an earlier process left open at the start, and what others leave within seconds.
    const look = (): void => void (existsSync(journalDir(dir)) && catalog.nudge());
    look();
    this.watch = setInterval(look, WATCH_MS).unref();
  }

  /** The writer has appended a record. */
  appended(): void {
    this.feed.poke();
    this.catalog.nudge();
  }

  override async health(): ReturnType<DirectoryStore['health']> {
    const found = await super.health();
    const problems = [...writerProblems(this.writer, this.dir), ...found.problems];
    return { ...found, dropped: { ...this.writer.dropped }, problems };
  }

  override async close(): Promise<void> {
    clearInterval(this.watch);
    await super.close();
  }

  private clear(options: { keepErrors: boolean }): Promise<{ removed: number }> {
    // Whole segments are deleted, and the one being written to cannot be.
    if (this.writer.position()) this.writer.rotate();
    return this.catalog.ask('clear', options);
  }
}

export type LocalJournalOptions = Omit<JournalWriterOptions, 'onAppend'> & Omit<EmbeddedStoreOptions, 'writer'>;

/** The journal that capture writes, and the store that reads it. */
export interface LocalJournal {
  writer: JournalWriter;
  store: EmbeddedStore;
  /** Seals the journal, then closes the store. */
  close(): Promise<void>;
}

/** Opens a directory for writing and reading. It is created when the first record is written. */
export function openLocalJournal(options: LocalJournalOptions): LocalJournal {
  const maxSegmentBytes = options.maxSegmentBytes ?? segmentBytesFor(options.retention);
  const writer = new JournalWriter({ ...options, maxSegmentBytes, onAppend: () => store.appended() });
  const store = new EmbeddedStore({ ...options, writer });
  const close = (): Promise<void> => {
    writer.close();
    return store.close();
  };
  return { writer, store, close };
}

function openCatalogPort(
  { dir, workerUrl, retention, prices, onIndexProgress, reportMs }: EmbeddedStoreOptions,
  onInterrupted: MaintainedCatalogOptions['onInterrupted'],
): CatalogPort {
  const worker = workerUrl ?? workerCode();
  const catalog = { dir, retention, prices, onInterrupted, onIndexProgress, reportMs };
  return worker === undefined ? new InlineCatalog(catalog) : new CatalogClient({ ...catalog, worker });
}
