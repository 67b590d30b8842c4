import { hostname } from 'node:os';
import type { Alerts } from './alerts/alerts.js';
import type { IndexProgress } from './catalog/catalog.api.js';
import type { RecordSink } from './model/record.js';
import { clearInterval, setInterval } from './model/timers.js';
import { ConsumerHost } from './pipeline/consumer-host.js';
import { makeAlerts, startAlerts } from './held-alerts.js';
import { type HeldMetrics, holdMetrics } from './held-metrics.js';
import { openOtlp, OTLP_CLOSE_MS } from './held-otlp.js';
import { holdShared } from './held-shared.js';
import { type Clock, SystemClock } from './model/clock.js';
import type { RetentionLimits } from './maintenance/retention/retention-policy.js';
import { packageVersion } from './model/package-version.js';
import { ZonedStamp } from './model/trace-id.js';
import type { OwnInstance } from './query/own-instance.js';
import { openShipClient } from './open-ship-client.js';
import { type LocalJournal, openLocalJournal } from './store/embedded/embedded-store.js';
import type { ResolvedShared } from './store/storage.options.js';
import type { OtlpClient } from './otlp/otlp-client.js';
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
  /** Reports what goes wrong. Absent: the application has no alerts. */
  readonly alerts?: Alerts;
  /** Sends ended traces to a receiver of OTLP. Absent: the application has none. */
  readonly otlp?: OtlpClient;
  /** Counts traces for a monitor. Absent: nothing is recorded. */
  readonly metrics?: HeldMetrics;
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
  /** The clock of the records. Default: the system's. */
  clock?: Clock;
}

type HoldOptions = Pick<
  ResolvedOptions,
  'storage' | 'retention' | 'sharedRetention' | 'cost' | 'consumers' | 'timeZone'
> &
  Partial<Pick<ResolvedOptions, 'alerts' | 'otlp'>>;

/** Opens the local journal, which capture always writes, its consumers, and the store that is read. */
export function holdStore(options: HoldOptions, listeners: HoldListeners): HeldStore {
  const { store, shared, ...storage } = options.storage;
  const { cost, consumers } = options;
  const { onIndexProgress, warn, clock = new SystemClock() } = listeners;
  // With a shared store, the directory holds what waits for it, and the newest of the rest.
  const retention = shared ? localLimits(shared) : options.retention;
  const local = openLocalJournal({ ...storage, ...cost, retention, onIndexProgress });
  const alerts = makeAlerts(options.alerts);
  const all = [...consumers, store?.consumer, alerts?.consumer].filter((consumer) => consumer !== undefined);
  const host =
    all.length === 0 ? undefined : new ConsumerHost({ dir: storage.dir, writer: local.writer, consumers: all, warn });
  const opened = openStore(options, local, listeners);
  if (alerts) {
    startAlerts(alerts, { storage: options.storage, local, store: opened.store, consumers: host, clock });
  }
  const metrics = holdMetrics(storage.dir, local);
  const otlp = openOtlp(options.otlp, { dir: storage.dir, prices: cost.prices, writer: local.writer });
  return {
    ...opened,
    sink: local.writer,
    consumers: host,
    alerts,
    metrics,
    otlp,
    close: async () => {
      otlp?.sealing();
      // First of all: the consumers then get the rest of it, while the store still answers what alerts ask.
      local.writer.close();
      const shipped = opened.ship?.();
      await Promise.allSettled([shipped, host?.close(), metrics.close(), otlp?.close(OTLP_CLOSE_MS)]);
      await alerts?.close();
      await opened.close();
    },
  };
}

/** The store that is read, and how it is closed. */
interface OpenedStore extends Pick<HeldStore, 'store' | 'localHealth' | 'own' | 'shownShared' | 'close'> {
  /** Ships the rest of the journal, which is sealed. */
  ship?: () => Promise<void>;
}

function openStore(options: HoldOptions, local: LocalJournal, listeners: HoldListeners): OpenedStore {
  const { store, shared } = options.storage;
  if (shared) return openSharedStore(options, shared, local, listeners);
  if (!store) return { store: local.store, own: ownInstance(), close: () => local.close() };

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
    store,
    localHealth: async () => {
      const found = await local.store.health();
      return { ...found, problems: [...pruneProblem, ...found.problems] };
    },
    close: async () => {
      clearInterval(pruning);
      await local.close();
      // A store that is a consumer is closed after it got the rest.
      await store.close();
    },
  };
}

function openSharedStore(
  { storage, sharedRetention, cost, timeZone }: HoldOptions,
  shared: ResolvedShared,
  local: LocalJournal,
  { log, warn, openShipper = openShipClient }: HoldListeners,
): OpenedStore {
  const { store, own, shown, ship, close } = holdShared({
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
    ship,
    close: async () => {
      await close();
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
