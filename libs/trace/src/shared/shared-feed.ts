import type { StoredTrace, TraceHead } from '../model/trace.js';
import type { TraceFeed, TraceStore } from '../store/port.js';
import { isOutage, type Reach } from './reach.js';

type FeedOptions = Parameters<TraceFeed['readAfter']>[1];

/**
 * The records of all instances. While the shared store is out of reach, its readers wait: they hold their positions, so they miss
 * nothing, and no stream ends.
 */
export class SharedFeed implements TraceFeed {
  private readonly feed: TraceFeed;

  constructor(
    private readonly remote: TraceStore & Required<Pick<TraceStore, 'feed'>>,
    private readonly reach: Reach,
  ) {
    this.feed = remote.feed;
  }

  head(): Promise<string> {
    return this.patiently(() => this.feed.head());
  }

  readAfter(after: string | undefined, options: FeedOptions): ReturnType<TraceFeed['readAfter']> {
    return this.patiently(() => this.feed.readAfter(after, options));
  }

  heads(keys: readonly string[]): Promise<Map<string, TraceHead>> {
    return this.patiently(() => this.feed.heads(keys));
  }

  /** The traces behind `heads`, as far as the feed has been stored. */
  getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    return this.patiently(() => this.remote.getMany(traceIds));
  }

  onMore(listener: () => void): () => void {
    return this.feed.onMore(listener);
  }

  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.reach.reached();
      try {
        return await this.reach.ask(work);
      } catch (error) {
        if (!isOutage(error) || this.reach.isClosed) throw error;
      }
    }
  }
}
