import { hostname } from 'node:os';
import { Alerts } from './alerts/alerts.js';
import type { ResolvedAlerts } from './alerts/alerts.options.js';
import { runInStore, UNTRACED } from './context/trace-context.js';
import type { Clock } from './model/clock.js';
import type { ConsumerHost } from './pipeline/consumer-host.js';
import type { LocalJournal } from './store/embedded/embedded-store.js';
import type { TraceStore } from './store/port.js';
import type { ResolvedStorage } from './store/storage.options.js';

export interface HeldAlertsParts {
  storage: ResolvedStorage;
  local: LocalJournal;
  /** The store that is asked, which has the traces of all instances. */
  store: TraceStore;
  consumers: ConsumerHost | undefined;
  clock: Clock;
}

/** The alerts of an application; its consumer belongs to the consumers of the journal. `undefined`: it has none. */
export function makeAlerts(options: ResolvedAlerts | undefined): Alerts | undefined {
  return options && new Alerts(options, (work) => runInStore(UNTRACED, work));
}

/** Gives the alerts what they look at. */
export function startAlerts(alerts: Alerts, { storage, local, store, consumers, clock }: HeldAlertsParts): void {
  const { shared } = storage;
  alerts.start({
    dir: storage.dir,
    instance: shared?.instance ?? hostname(),
    ...(shared?.service !== undefined && { service: shared.service }),
    now: () => clock.now(),
    heads: (keys) => local.store.feed.heads(keys),
    stored: (traceIds) => local.store.getMany(traceIds),
    store: () => {
      const asked = store.question?.() ?? store;
      return { list: (search) => asked.list(search), sample: (range) => sampleOf(asked, range) };
    },
    marks: async () => (await store.errors?.marks()) ?? [],
    shared: store.alerts,
    state: async () => ({ health: await healthOf(store, local), consumers: consumers?.states() ?? [] }),
  });
}

function sampleOf(
  store: TraceStore,
  range: { since?: number; until?: number },
): ReturnType<Required<TraceStore>['stats']['sample']> {
  if (!store.stats) throw new Error('the store does not count traces');
  return store.stats.sample(range);
}

/** A store of the application's own has no journal: what capture could not write is in the health of the local one. */
async function healthOf(store: TraceStore, local: LocalJournal): ReturnType<TraceStore['health']> {
  const [found, own] = await Promise.all([store.health(), local.store.health()]);
  return { ...found, dropped: { ...found.dropped, ...own.dropped }, corruptRecords: own.corruptRecords };
}
