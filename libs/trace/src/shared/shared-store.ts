import type { JournalPosition } from '../journal/write/writer.js';
import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { StoreInstance } from '../model/health.js';
import { performance, wallNow } from '../model/timers.js';
import type { TextSearch, TraceSearch } from '../model/trace-search.js';
import type { StoredTrace, TracePage } from '../model/trace.js';
import type { StoreHealth, TraceAdmin, TraceErrors, TraceFeed, TraceStats, TraceStore } from '../store/port.js';
import type { SentAlerts } from '../store/sent-alerts.js';
import { degradedSentence } from './degraded.js';
import { OwnWrites } from './own-writes.js';
import { Reach } from './reach.js';
import { SharedAdmin } from './shared-admin.js';
import { SharedFeed } from './shared-feed.js';
import { sharedHealth } from './shared-health.js';
import type { SharedParts } from './shared-parts.js';
import { SharedQuestion } from './shared-question.js';
import type { Shipper } from './shipper.js';

/** This process as the shared store lists it. */
export type SelfInstance = Pick<StoreInstance, 'instance' | 'service' | 'host' | 'pid' | 'version' | 'writer'>;

export interface SharedStoreOptions {
  /** Reads this directory. */
  local: TraceStore;
  /** Reads the shared store. */
  remote: TraceStore;
  shipper: Shipper;
  /** Up to where this process has written its journal. */
  position: () => JournalPosition | undefined;
  self: SelfInstance;
  /** `postgres` or `clickhouse`. */
  kind: string;
  /** The shared store for people, without its password. */
  shown: string;
  /** How long the directory keeps what the shared store has. */
  keepLocalMs: number;
  /** A time of the day for people. */
  timeOf: (ms: number) => string;
  /** Milliseconds that a question may take. Default: 5,000. */
  answerMs?: number;
}

/**
 * The store of an application that shares a database with others. Every instance answers for all; while the database is out of
 * reach, each answers with what its own directory has, and says so. The database being slow or away is never an error of a
 * question, except of those that delete.
 */
export class SharedStore implements TraceStore {
  readonly freshness = 'own-writes';
  readonly feed?: TraceFeed;
  readonly stats: TraceStats;
  readonly admin?: TraceAdmin;
  /** Rejects while the shared store is out of reach. */
  readonly alerts?: SentAlerts;
  readonly sorts?: TraceStore['sorts'];
  readonly errors?: TraceErrors;
  readonly baseline?: (queries: readonly BaselineQuery[]) => Promise<Baseline[]>;
  private readonly parts: SharedParts;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: SharedStoreOptions) {
    const { local, remote, shipper, position, self, keepLocalMs, timeOf, answerMs } = options;
    const reach = new Reach({ probe: () => remote.list({ limit: 1 }), answerMs });
    this.parts = {
      local,
      remote,
      reach,
      instance: self.instance,
      writes: new OwnWrites(shipper, position),
      sentence: degradedSentence(reach, keepLocalMs, timeOf),
      self: () => this.self(),
    };
    if (hasFeed(remote)) this.feed = new SharedFeed(remote, reach);
    if (remote.admin) this.admin = new SharedAdmin(this.parts, remote.admin, local.admin);
    const { alerts } = remote;
    if (alerts) {
      this.alerts = {
        claim: (claim) => reach.ask(() => alerts.claim(claim)),
        list: (limit) => reach.ask(() => alerts.list(limit)),
      };
    }
    this.sorts = remote.sorts?.filter((sort) => local.sorts?.includes(sort));
    if (remote.errors) this.errors = this.errorsOf(remote.errors);
    if (local.baseline) this.baseline = (queries) => local.baseline!(queries);
    this.stats = {
      counts: () => this.question().stats.counts(),
      sample: (range) => this.question().stats.sample(range),
      parts: async (ranges) => this.question().stats.parts?.(ranges),
    };
  }

  question(): SharedQuestion {
    return new SharedQuestion(this.parts, this);
  }

  list(search: TraceSearch): Promise<TracePage> {
    return this.question().list(search);
  }

  search(search: TextSearch): Promise<TracePage> {
    return this.question().search(search);
  }

  get(traceId: string): Promise<StoredTrace | undefined> {
    return this.question().get(traceId);
  }

  getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    return this.question().getMany(traceIds);
  }

  instances(): Promise<StoreInstance[]> {
    return this.question().instances();
  }

  health(): Promise<StoreHealth> {
    return sharedHealth({ ...this.options, reach: this.parts.reach });
  }

  /** Closes the connections to the shared store. The local store and the shipper belong to the caller. */
  close(): Promise<void> {
    this.parts.reach.close();
    return (this.closing ??= this.options.remote.close());
  }

  private errorsOf(errors: TraceErrors): TraceErrors {
    const { reach } = this.parts;
    return {
      marks: async () => (await this.question().errors?.marks()) ?? [],
      ...(errors.mark && { mark: (...given) => reach.ask(() => errors.mark!(...given)) }),
    };
  }

  /** What this process knows of itself, in the form in which the shared store lists it. */
  private async self(): Promise<StoreInstance> {
    const { self, shipper, local } = this.options;
    const [health, counts] = await Promise.all([local.health(), local.stats?.counts().catch(() => undefined)]);
    return {
      ...self,
      state: 'live',
      startedAt: Math.round(performance.timeOrigin * 1000),
      seenAt: wallNow() * 1000,
      lagBytes: shipper.state.lagBytes,
      lostBytes: shipper.state.lostBytes,
      dropped: health.dropped ?? {},
      activeTraces: counts?.active ?? 0,
    };
  }
}

function hasFeed(store: TraceStore): store is TraceStore & Required<Pick<TraceStore, 'feed'>> {
  return store.feed !== undefined;
}
