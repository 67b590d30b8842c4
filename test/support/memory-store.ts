import { TraceCollectorError } from '../../libs/trace/src/model/errors.js';
import type { JournalRecord, TraceRecord } from '../../libs/trace/src/model/record.js';
import type { TextSearch } from '../../libs/trace/src/model/trace-search.js';
import { emptyHead, reduceHead } from '../../libs/trace/src/model/trace.reducer.js';
import type { FeedPosition, FeedRecord, StoredTrace, TraceHead, TracePage } from '../../libs/trace/src/model/trace.js';
import { matches } from '../../libs/trace/src/store/memory/memory-filter.js';
import type { StoreHealth, TraceAdmin, TraceFeed, TraceStats, TraceStore } from '../../libs/trace/src/store/port.js';

/** A store over an array, for specs. Its positions are never mistaken for numbers. */
export class MemoryStore implements TraceStore {
  readonly freshness = 'own-writes';
  readonly records: JournalRecord[] = [];
  /** Number of calls of each method. */
  readonly calls: Record<string, number> = {};
  healthAnswer: StoreHealth = { journal: { bytes: 0, segments: 1, lag: 0 }, problems: [] };
  /** Every read call throws this while it is set. */
  failure: Error | undefined;
  private readonly listeners = new Set<() => void>();

  readonly stats: TraceStats = {
    counts: async () => {
      await this.called('counts');
      const heads = this.allHeads();
      return {
        total: heads.length,
        active: heads.filter(({ status }) => status === 'active').length,
        errors: heads.filter(({ status }) => status === 'error').length,
      };
    },
    sample: async () => {
      await this.called('sample');
      return { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };
    },
  };

  readonly feed: TraceFeed = {
    head: async () => {
      await this.called('head');
      return positionOf(this.records.length);
    },
    readAfter: (after, options) => this.readAfter(after, options),
    onMore: (listener) => {
      this.listeners.add(listener);
      return () => void this.listeners.delete(listener);
    },
    heads: async (keys) => {
      await this.called('heads');
      const wanted = this.allHeads().filter(({ key }) => keys.includes(key));
      return new Map(wanted.map((head) => [head.key, head]));
    },
  };

  readonly admin: TraceAdmin = {
    clear: async () => {
      await this.called('clear');
      return { removed: this.records.splice(0).length };
    },
    pin: async () => {
      await this.called('pin');
      return true;
    },
    erase: async (contactId) => {
      await this.called('erase');
      return { removed: this.allHeads().filter((head) => head.contactId === contactId).length, pending: 0 };
    },
  };

  append(...records: readonly JournalRecord[]): void {
    this.records.push(...records);
    for (const listener of this.listeners) listener();
  }

  get listening(): number {
    return this.listeners.size;
  }

  async list({ limit, before, ...filter }: TextSearch): Promise<TracePage> {
    await this.called('list');
    const newestFirst = this.allHeads().sort((a, b) => b.startedAt - a.startedAt);
    const from = before === undefined ? 0 : Number(before);
    const matching = newestFirst.filter((head) =>
      matches({ head, records: this.recordsOf(head.key), oldIds: new Set() }, filter),
    );
    const heads = matching.slice(from, from + limit);
    const cursors = heads.map((_, index) => String(from + index + 1));
    return { heads, cursors, next: from + limit < matching.length ? (cursors.at(-1) ?? null) : null };
  }

  search(search: TextSearch): Promise<TracePage> {
    return this.list(search);
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    await this.called('get');
    return this.stored(traceId);
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    await this.called('getMany');
    return traceIds.flatMap((id) => this.stored(id) ?? []);
  }

  async health(): Promise<StoreHealth> {
    await this.called('health');
    return this.healthAnswer;
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }

  private async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    await this.called('readAfter');
    const from = after === undefined ? 0 : placeOf(after);
    const to = Math.min(until === undefined ? this.records.length : placeOf(until), this.records.length);
    const end = Math.max(from, Math.min(from + limit, to));
    const records = this.records
      .slice(from, end)
      .map((record, index) => ({ record, position: positionOf(from + index + 1) }));
    return { records, position: positionOf(end), done: end >= to };
  }

  private stored(traceId: string): StoredTrace | undefined {
    const head = this.allHeads().find((candidate) => candidate.traceId === traceId);
    return head && { head, records: this.recordsOf(head.key) };
  }

  private recordsOf(key: string): TraceRecord[] {
    return this.records.filter((record): record is TraceRecord => 'trace' in record && record.trace === key);
  }

  private allHeads(): TraceHead[] {
    const heads = new Map<string, TraceHead>();
    for (const record of this.records) {
      if (!('trace' in record)) continue;
      const head = heads.get(record.trace) ?? emptyHead(record.trace);
      heads.set(record.trace, reduceHead(head, record));
    }
    return [...heads.values()];
  }

  private async called(name: string): Promise<void> {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    await Promise.resolve();
    if (this.failure) throw this.failure;
  }
}

/** The position after the first `count` records. */
export function positionOf(count: number): FeedPosition {
  return `@${count}@`;
}

function placeOf(position: FeedPosition): number {
  const place = /^@(\d+)@$/.exec(position)?.[1];
  if (place === undefined) throw new TraceCollectorError('BAD_POSITION', `${position} is no position of this stream.`);
  return Number(place);
}
