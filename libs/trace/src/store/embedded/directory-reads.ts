import type { Baseline, BaselineQuery } from '../../model/baseline.js';
import type {
  FeedPosition,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
} from '../../model/trace.js';
import type { CatalogReader } from './catalog-reader.js';
import type { JournalFeed } from './feed/journal-feed.js';
import type { StoreHealth, TraceFeed, TraceReader } from '../port.js';

/** Reading a directory, which its application and `get-trace` do alike: questions to the catalog, records from the journal. */
export abstract class DirectoryReads implements TraceReader, TraceFeed {
  protected abstract readonly reader: CatalogReader;
  protected abstract readonly feed: JournalFeed;

  list(filter: TraceFilter, limit: number, before?: string): Promise<TracePage> {
    return this.reader.list(filter, limit, before);
  }

  get(traceId: string): Promise<StoredTrace | undefined> {
    return this.reader.get(traceId);
  }

  idsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    return this.reader.idsWithPrefix(prefix, limit);
  }

  heads(keys: string[]): Promise<Map<string, TraceHead>> {
    return this.reader.heads(keys);
  }

  counts(): Promise<TraceCounts> {
    return this.reader.counts();
  }

  sample(range: { since?: number; until?: number }): Promise<TraceSample> {
    return this.reader.sample(range);
  }

  baseline(query: BaselineQuery): Promise<Baseline> {
    return this.reader.baseline(query);
  }

  health(): Promise<StoreHealth> {
    return this.reader.health();
  }

  head(): Promise<FeedPosition> {
    return this.feed.head();
  }

  readAfter(...args: Parameters<TraceFeed['readAfter']>): ReturnType<TraceFeed['readAfter']> {
    return this.feed.readAfter(...args);
  }

  onMore(listener: () => void): () => void {
    return this.feed.onMore(listener);
  }
}
