import type { JournalRecord, TraceKey } from '../../model/record.js';
import { clearTimeout, setTimeout } from '../../model/timers.js';
import type { FeedPosition, FeedRecord, TraceHead } from '../../model/trace.js';
import { badPosition } from '../embedded/feed/feed-position.js';
import type { TraceFeed } from '../port.js';

/** All records in the order they were appended; a position is the number of records before it. */
export class MemoryFeed implements TraceFeed {
  readonly records: JournalRecord[] = [];
  /** Traces whose records are no longer given; their numbers stay, as in a file. */
  readonly erased = new Set<TraceKey>();
  private readonly listeners = new Set<() => void>();
  private pending: NodeJS.Timeout | undefined;

  constructor(private readonly headOf: (key: TraceKey) => TraceHead | undefined) {}

  append(record: JournalRecord): void {
    this.records.push(record);
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      for (const listener of this.listeners) listener();
    }, 1).unref();
  }

  async head(): Promise<FeedPosition> {
    return String(this.records.length);
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    const end = until === undefined ? this.records.length : this.numberOf(until);
    const start = after === undefined ? 0 : this.numberOf(after);
    const stop = Math.max(start, Math.min(end, start + limit));
    const records = this.records
      .slice(start, stop)
      .map((record, i) => ({ record, position: String(start + i + 1) }))
      .filter(({ record }) => !('trace' in record) || !this.erased.has(record.trace));
    return { records, position: String(stop), done: stop >= end };
  }

  onMore(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  async heads(keys: readonly TraceKey[]): Promise<Map<TraceKey, TraceHead>> {
    return new Map(keys.flatMap((key) => this.headOf(key) ?? []).map((head) => [head.key, { ...head }]));
  }

  close(): void {
    clearTimeout(this.pending);
    this.listeners.clear();
  }

  private numberOf(position: FeedPosition): number {
    const number = /^\d{1,15}$/.test(position) ? Number(position) : Number.NaN;
    // A comparison with NaN is false.
    if (!(number <= this.records.length)) throw badPosition(position);
    return number;
  }
}
