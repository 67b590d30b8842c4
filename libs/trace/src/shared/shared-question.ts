import type { ErrorMark } from '../model/error-mark.js';
import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { StoreInstance } from '../model/health.js';
import type { TextSearch, TraceSearch } from '../model/trace-search.js';
import type { SamplePart, StoredTrace, TraceCounts, TraceHead, TracePage, TraceSample } from '../model/trace.js';
import type { StoreHealth, TraceAdmin, TraceErrors, TraceFeed, TraceStats, TraceStore } from '../store/port.js';
import { pageOrder } from '../catalog/queries/trace-order.js';
import { isCoded, isOutage } from './reach.js';
import { fuller, mergePages, pageAfter } from './shared-pages.js';
import type { SharedParts } from './shared-parts.js';

const EMPTY: TracePage = { heads: [], cursors: [], next: null };

/**
 * The stores as one question sees them: what this process recorded is brought into the shared store once, before it is
 * asked. After the first failure all that follows is answered by the local store, so that the parts of an answer fit together.
 */
export class SharedQuestion implements TraceStore {
  readonly freshness = 'own-writes';
  readonly feed?: TraceFeed;
  readonly stats: TraceStats;
  readonly admin?: TraceAdmin;
  readonly sorts?: TraceStore['sorts'];
  readonly errors?: TraceErrors;
  readonly baseline?: (queries: readonly BaselineQuery[]) => Promise<Baseline[]>;
  private flushed: Promise<boolean> | undefined;
  private lack: string | undefined;

  constructor(
    private readonly parts: SharedParts,
    private readonly whole: TraceStore,
  ) {
    const { local, remote } = parts;
    this.feed = whole.feed;
    this.admin = whole.admin;
    this.sorts = whole.sorts;
    if (whole.errors) this.errors = { ...whole.errors, marks: () => this.marks() };
    if (local.baseline) this.baseline = (queries) => local.baseline!(queries);
    this.stats = {
      parts: (ranges) =>
        this.first<SamplePart[] | undefined>(
          remote.stats && (async () => remote.stats!.parts?.(ranges)),
          local.stats && (async () => local.stats!.parts?.(ranges)),
        ),
      counts: () => this.first<TraceCounts>(remote.stats?.counts, local.stats?.counts),
      sample: (range) =>
        this.first<TraceSample>(
          remote.stats && (() => remote.stats!.sample(range)),
          local.stats && (() => local.stats!.sample(range)),
        ),
    };
  }

  /** A sentence: why answers may lack traces of other instances. `undefined`: they have those of all. */
  get degraded(): string | undefined {
    return this.lack;
  }

  list(search: TraceSearch): Promise<TracePage> {
    const { local, remote } = this.parts;
    return this.page(
      search,
      (asked) => remote.list(asked),
      (asked) => local.list(asked),
    );
  }

  search(search: TextSearch): Promise<TracePage> {
    const { local, remote } = this.parts;
    return this.page(
      search,
      (asked) => (remote.search ? remote.search(asked) : remote.list(asked)),
      (asked) => (local.search ? local.search(asked) : local.list(asked)),
    );
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    const { local, remote } = this.parts;
    const fromLocal = async (): Promise<StoredTrace | undefined> => this.own(await local.get(traceId));
    const { result, isWhole } = await this.ask(() => remote.get(traceId), fromLocal);
    if (this.lack !== undefined || (result && isWhole)) return result;
    // Other processes of the directory ship by themselves, and a trace is found by its id before it is in a list.
    return fuller(result, await orElse(fromLocal(), undefined));
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    const { local, remote } = this.parts;
    const fromLocal = async (ids: readonly string[]): Promise<StoredTrace[]> =>
      (await local.getMany(ids)).map((stored) => this.own(stored)!);
    const { result, isWhole } = await this.ask(
      () => remote.getMany(traceIds),
      () => fromLocal(traceIds),
    );
    if (this.lack !== undefined || (isWhole && result.length === traceIds.length)) return result;
    const byId = new Map(result.map((stored) => [stored.head.traceId, stored]));
    const doubtful = isWhole ? traceIds.filter((id) => !byId.has(id)) : traceIds;
    for (const stored of await orElse(fromLocal(doubtful), [])) {
      const { traceId } = stored.head;
      byId.set(traceId, fuller(byId.get(traceId), stored)!);
    }
    const found: StoredTrace[] = [];
    for (const id of traceIds) {
      // A trace that is asked for by the id that it had before its contact was known has another one.
      const stored = byId.get(id) ?? (byId.size > 0 ? await this.get(id) : undefined);
      if (stored) found.push(stored);
    }
    return found;
  }

  instances(): Promise<StoreInstance[]> {
    const { remote, self } = this.parts;
    return this.first(remote.instances && (() => remote.instances!()), async () => [await self()]);
  }

  /** Only the shared store has them: without it, all groups are shown as open, and the answer says that it is degraded. */
  private marks(): Promise<ErrorMark[]> {
    const { errors } = this.parts.remote;
    return this.first(errors && (() => errors.marks()), async () => []);
  }

  health(): Promise<StoreHealth> {
    return this.whole.health();
  }

  /** Closes nothing: the stores outlive a question. */
  async close(): Promise<void> {}

  private async page<S extends TraceSearch>(
    search: S,
    fromRemote: (search: S) => Promise<TracePage>,
    fromLocal: (search: S) => Promise<TracePage>,
  ): Promise<TracePage> {
    const localPage = async (): Promise<TracePage> => {
      const { instance, ...rest } = search;
      if (instance !== undefined && instance !== this.parts.instance) return EMPTY;
      const page = await (order ? fromLocal(rest as S) : pageAfter(rest as S, fromLocal));
      return { ...page, heads: page.heads.map((head) => this.named(head)) };
    };
    const { sort = 'started', before } = search;
    const order = sort === 'started' ? undefined : pageOrder(sort, before);
    const remotePage = (): Promise<TracePage> => (order ? fromRemote(search) : pageAfter(search, fromRemote));
    const { result, isWhole } = await this.ask(remotePage, localPage);
    if (this.lack !== undefined) return { ...result, degraded: this.lack };
    if (isWhole) return result;
    const local = await orElse(localPage(), EMPTY);
    return mergePages(result, local, await this.localHeads(result), search.limit, order);
  }

  private async localHeads({ heads }: TracePage): Promise<Map<string, TraceHead>> {
    const { feed } = this.parts.local;
    return feed ? orElse(feed.heads(heads.map(({ key }) => key)), new Map()) : new Map();
  }

  /** The shared store's answer, or that of the local one. Both may lack the capability. */
  private async first<T>(remote: (() => Promise<T>) | undefined, local: (() => Promise<T>) | undefined): Promise<T> {
    return (await this.ask(remote ?? noAnswer, local ?? noAnswer)).result;
  }

  /**
   * @returns `isWhole`: the result has all that this process recorded before the question. With `degraded`, it is the
   *   local store's.
   */
  private async ask<T>(remote: () => Promise<T>, local: () => Promise<T>): Promise<{ result: T; isWhole: boolean }> {
    const { reach, writes, sentence } = this.parts;
    if (this.lack === undefined) {
      try {
        const isWhole = reach.current.connected && (await (this.flushed ??= writes.flush()));
        return { result: await reach.ask(remote), isWhole };
      } catch (error) {
        // Another coded error is about the question, and the local store would refuse it as well.
        if (isCoded(error) && !isOutage(error)) throw error;
        this.lack ??= sentence(error);
      }
    }
    return { result: await local(), isWhole: true };
  }

  private own(stored: StoredTrace | undefined): StoredTrace | undefined {
    return stored && { ...stored, head: this.named(stored.head) };
  }

  private named(head: TraceHead): TraceHead {
    return { ...head, instance: this.parts.instance };
  }
}

function noAnswer(): Promise<never> {
  return Promise.reject(new TypeError('this store cannot answer the question'));
}

/** The shared store has answered already: without the local one, its answer is as good as it gets. */
async function orElse<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch {
    return otherwise;
  }
}
