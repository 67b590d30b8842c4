import { hostname } from 'node:os';
import type { IndexProgress } from './catalog/catalog.api.js';
import type { RecordSink } from './model/record.js';
import { clearInterval, setInterval } from './model/timers.js';
import { ConsumerHost } from './pipeline/consumer-host.js';
import { holdShared } from './held-shared.js';
import type { RetentionLimits } from './maintenance/retention/retention-policy.js';
import { packageVersion } from './model/package-version.js';
import { ZonedStamp } from './model/trace-id.js';
import type { OwnInstance } from './query/own-instance.js';
import { openShipClient } from './open-ship-client.js';
import { type LocalJournal, openLocalJournal } from './store/embedded/embedded-store.js';
import type { ResolvedShared } from './store/storage.options.js';
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
  /** This process as a list of instances shows it. Absent: the store is not written by it. */
  readonly own?: OwnInstance;
  /** The shared store for people, without its password. Absent: there is none. */
  readonly shownShared?: string;
  close(): Promise<void>;
}

interface HoldListeners {
  onIndexProgress: (progress: IndexProgress) => void;
  /** Receives one line about the shared store. */
  log: (line: string) => void;
  /** Receives one line when a consumer begins to fail, or the shared store. */
  warn: (line: string) => void;
  /** Starts the thread that ships to a shared store. Default: the built one. */
  openShipper?: typeof openShipClient;
}

type HoldOptions = Pick<
  ResolvedOptions,
  'storage' | 'retention' | 'sharedRetention' | 'cost' | 'consumers' | 'timeZone'
>;

/** Opens the local journal, which capture always writes, its consumers, and the store that is read. */
export function holdStore(options: HoldOptions, listeners: HoldListeners): HeldStore {
  const { store, shared, ...storage } = options.storage;
  const { cost, consumers } = options;
  const { onIndexProgress, warn } = listeners;
  // With a shared store, the directory holds what waits for it, and the newest of the rest.
  const retention = shared ? localLimits(shared) : options.retention;
  const local = openLocalJournal({ ...storage, ...cost, retention, onIndexProgress });
  const all = store?.consumer ? [...consumers, store.consumer] : consumers;
  const host =
    all.length === 0 ? undefined : new ConsumerHost({ dir: storage.dir, writer: local.writer, consumers: all, warn });
  const held = { sink: local.writer, consumers: host };
  if (shared) return { ...held, ...holdSharedStore(options, shared, local, host, listeners) };
  // The local journal is sealed synchronously: the consumers then get the rest of it.
  const closeJournal = (): Promise<unknown> => Promise.all([local.close(), host?.close()]);
  if (!store)
    return { ...held, store: local.store, own: ownInstance(), close: async () => void (await closeJournal()) };

  let pruneProblem: string[] = [];
  const prune = async (): Promise<void> => {
    try {
      await store.admin?.prune?.(options.retention);
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

function holdSharedStore(
  { storage, sharedRetention, cost, timeZone }: HoldOptions,
  shared: ResolvedShared,
  local: LocalJournal,
  consumers: ConsumerHost | undefined,
  { log, warn, openShipper = openShipClient }: HoldListeners,
): Omit<HeldStore, 'sink' | 'consumers'> {
  const { store, own, shown, close } = holdShared({
    shared,
    local,
    zone: new ZonedStamp(timeZone),
    lines: { log, warn },
    openShipper: () =>
      openShipper({ dir: storage.dir, shared, retention: sharedRetention, prices: cost.prices, local }),
  });
  return {
    store,
    own,
    shownShared: shown,
    close: async () => {
      // First of all: the shipper and the consumers then get the rest of it.
      local.writer.close();
      await Promise.allSettled([close(), consumers?.close()]);
      await local.close();
    },
  };
}

function localLimits({ keepLocalMs, spoolBytes }: ResolvedShared): RetentionLimits {
  return { maxAgeMs: keepLocalMs, errorMaxAgeMs: keepLocalMs, maxBytes: spoolBytes };
}

function ownInstance(): OwnInstance {
  return { instance: hostname(), host: hostname(), pid: process.pid, version: packageVersion() };
}
