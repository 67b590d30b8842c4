import type { IndexProgress } from './catalog/catalog.api.js';
import type { RecordSink } from './model/record.js';
import { clearInterval, setInterval } from './model/timers.js';
import { ConsumerHost } from './pipeline/consumer-host.js';
import { openLocalJournal } from './store/embedded/embedded-store.js';
import type { StoreHealth, TraceStore } from './store/port.js';
import type { ResolvedOptions } from './trace.options.js';

/** Milliseconds between two calls of `admin.prune` of an application's own store. */
const PRUNE_MS = 60_000;

/**
 * What an application records with and reads from. It is apart from Nest: an application's own store may have lifecycle
 * hooks, which are not for this module to call.
 */
export interface HeldStore {
  /** Takes the records of capture. */
  readonly sink: RecordSink;
  readonly store: TraceStore;
  /** Runs the consumers of the journal. Absent: there are none. */
  readonly consumers?: ConsumerHost;
  /** Health of the local journal, where `store` does not read it. */
  readonly localHealth?: () => Promise<StoreHealth>;
  close(): Promise<void>;
}

interface HoldListeners {
  onIndexProgress: (progress: IndexProgress) => void;
  /** Receives one line when a consumer begins to fail. */
  warn: (line: string) => void;
}

/** Opens the local journal, which capture always writes, its consumers, and the application's own store, if it has one. */
export function holdStore(
  {
    storage: { store, shared: _shared, ...storage },
    retention,
    cost,
    consumers,
  }: Pick<ResolvedOptions, 'storage' | 'retention' | 'cost' | 'consumers'>,
  { onIndexProgress, warn }: HoldListeners,
): HeldStore {
  const local = openLocalJournal({ ...storage, ...cost, retention, onIndexProgress });
  const all = store?.consumer ? [...consumers, store.consumer] : consumers;
  const host =
    all.length === 0 ? undefined : new ConsumerHost({ dir: storage.dir, writer: local.writer, consumers: all, warn });
  // The local journal is sealed synchronously: the consumers then get the rest of it.
  const closeJournal = (): Promise<unknown> => Promise.all([local.close(), host?.close()]);
  const held = { sink: local.writer, consumers: host };
  if (!store) return { ...held, store: local.store, close: async () => void (await closeJournal()) };

  let pruneProblem: string[] = [];
  const prune = async (): Promise<void> => {
    try {
      await store.admin?.prune?.(retention);
      pruneProblem = [];
    } catch (error) {
      pruneProblem = [`The store could not delete old traces: ${String(error)}.`];
    }
  };
  const pruning = setInterval(() => void prune(), PRUNE_MS).unref();
  return {
    ...held,
    store,
    localHealth: async () => {
      const found = await local.store.health();
      return { ...found, problems: [...pruneProblem, ...found.problems] };
    },
    close: async () => {
      clearInterval(pruning);
      // A store that is a consumer is closed after it got the rest.
      await closeJournal();
      await store.close();
    },
  };
}
