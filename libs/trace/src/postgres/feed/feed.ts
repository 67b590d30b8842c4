import type { TraceKey } from '../../model/record.js';
import type { FeedPosition, TraceHead } from '../../model/trace.js';
import type { TraceFeed } from '../../store/port.js';
import type { Database } from '../connection/database.js';

/** All records of all sources. A position is the batch of each source. */
export class PostgresFeed implements TraceFeed {
  constructor(readonly db: Database) {}

  head(): Promise<FeedPosition> {
    throw new Error('not built yet');
  }

  readAfter(): ReturnType<TraceFeed['readAfter']> {
    throw new Error('not built yet');
  }

  onMore(_listener: () => void): () => void {
    throw new Error('not built yet');
  }

  heads(_keys: readonly TraceKey[]): Promise<Map<string, TraceHead>> {
    throw new Error('not built yet');
  }

  close(): void {}
}
