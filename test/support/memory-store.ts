import { TraceCollectorError } from '../../libs/trace/src/model/errors.js';
import type { JournalRecord, TraceRecord } from '../../libs/trace/src/model/record.js';
import { emptyHead, reduceHead } from '../../libs/trace/src/model/trace.reducer.js';
import type {
  FeedPosition,
  FeedRecord,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
} from '../../libs/trace/src/model/trace.js';
import type { StoreHealth, TraceFeed, TraceAdmin, TraceReader } from '../../libs/trace/src/store/port.js';

/** The store's ports over an array, for specs. Positions are made hard to mistake for something to count with. */
export class MemoryStore implements TraceReader, TraceFeed, TraceAdmin {
  readonly records: JournalRecord[] = [];
  /** Calls of each method, to see what a question costs. */
  readonly calls: Record<string, number> = {};
  healthAnswer: StoreHealth = {
    journal: { bytes: 0, segments: 1, lag: 0 },
    dropped: {},
    corruptRecords: 0,
    problems: [],
  };
  /** Thrown by every reading call while set. */
  failure: Error | undefined;
  /** Filters this store has never heard of, as an older one would. */
  unknownFilters: (keyof TraceFilter)[] = [];
  private readonly listeners = new Set<() => void>();

  append(...records: readonly JournalRecord[]): void {
    this.records.push(...records);
    for (const listener of this.listeners) listener();
  }

  get listening(): number {
    return this.listeners.size;
  }

  async list(filter: TraceFilter, limit: number, before?: string): Promise<TracePage> {
    await this.called('list');
    const newestFirst = this.allHeads().sort((a, b) => b.startedAt - a.startedAt);
    const from = before === undefined ? 0 : Number(before);
    const known = { ...filter };
    for (const key of this.unknownFilters) delete known[key];
    const matching = newestFirst.filter((head) => passes(head, known));
    const next = from + limit < matching.length ? String(from + limit) : null;
    return { heads: matching.slice(from, from + limit), next };
  }

  async get(traceId: string): Promise<StoredTrace | undefined> {
    await this.called('get');
    const head = this.allHeads().find((candidate) => candidate.traceId === traceId);
    return head && { head, records: this.records.filter((record) => isOf(record, head.key)) as TraceRecord[] };
  }

  async idsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    await this.called('idsWithPrefix');
    const ids = this.allHeads().map(({ traceId }) => traceId);
    return ids
      .filter((id) => id.startsWith(prefix))
      .reverse()
      .slice(0, limit);
  }

  async heads(keys: string[]): Promise<Map<string, TraceHead>> {
    await this.called('heads');
    const wanted = this.allHeads().filter(({ key }) => keys.includes(key));
    return new Map(wanted.map((head) => [head.key, head]));
  }

  async counts(): Promise<TraceCounts> {
    await this.called('counts');
    const heads = this.allHeads();
    return {
      total: heads.length,
      active: heads.filter(({ status }) => status === 'active').length,
      errors: heads.filter(({ status }) => status === 'error').length,
    };
  }

  async sample(): Promise<TraceSample> {
    await this.called('sample');
    return { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };
  }

  async health(): Promise<StoreHealth> {
    await this.called('health');
    return this.healthAnswer;
  }

  async head(): Promise<FeedPosition> {
    await this.called('head');
    return positionOf(this.records.length);
  }

  async readAfter(
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

  onMore(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async clear(): Promise<{ removed: number }> {
    await this.called('clear');
    return { removed: this.records.splice(0).length };
  }

  async pin(): Promise<boolean> {
    await this.called('pin');
    return true;
  }

  async eraseContact(contactId: string): Promise<{ removed: number }> {
    await this.called('eraseContact');
    return { removed: this.allHeads().filter((head) => head.contactId === contactId).length };
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

function isOf(record: JournalRecord, key: string): boolean {
  return 'trace' in record && record.trace === key;
}

function passes(head: TraceHead, filter: TraceFilter): boolean {
  return (
    (filter.contactId === undefined || head.contactId === filter.contactId) &&
    (filter.status === undefined || head.status === filter.status) &&
    (filter.messageId === undefined || head.messageId === filter.messageId) &&
    (filter.until === undefined || head.startedAt <= filter.until) &&
    (filter.withErrors !== true || head.errors > 0 || head.status === 'error')
  );
}
