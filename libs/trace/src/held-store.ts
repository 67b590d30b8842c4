import type { IndexProgress } from './catalog/catalog.api.js';
import type { RecordSink } from './model/record.js';
import { clearInterval, setInterval } from './model/timers.js';
import type { ResolvedOptions } from './options-resolver.js';
import { openLocalJournal } from './store/embedded/embedded-store.js';
import type { StoreHealth, TraceStore } from './store/port.js';

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
  /** Health of the local journal, where `store` does not read it. */
  readonly localHealth?: () => Promise<StoreHealth>;
  close(): Promise<void>;
}

/** Opens the local journal, which capture always writes, and in front of it the application's own store, if it has one. */
export function holdStore(
  { store, storage, retention }: Pick<ResolvedOptions, 'store' | 'storage' | 'retention'>,
  onBuilding: (progress: IndexProgress) => void,
): HeldStore {
  const local = openLocalJournal({ ...storage, retention, onBuilding });
  if (!store) return { sink: local.writer, store: local.store, close: local.close };

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
    sink: local.writer,
    store,
    localHealth: async () => {
      const found = await local.store.health();
      return { ...found, problems: [...pruneProblem, ...found.problems] };
    },
    close: async () => {
      clearInterval(pruning);
      await Promise.all([local.close(), store.close()]);
    },
  };
}
