import type { TraceKey } from '../../model/record.js';
import type { FeedPosition, FeedRecord, TraceHead } from '../../model/trace.js';
import type { TraceFeed } from '../../store/port.js';
import type { Database } from '../connection/database.js';
import { SHOWN_COLUMNS, shownHead, WITH_LIVE, type ShownRow } from '../reading/shown-head.js';
import { ensureSchema } from '../schema/migrate.js';
import { DividedBatch } from './divided-batch.js';
import { FeedPage, type Ahead } from './feed-page.js';
import { formatPlace, isBefore, parsePlace, type FeedPlace, type Reached } from './feed-place.js';
import { FeedPoll } from '../../shared/feed-poll.js';
import { isUnnamed, ORIGIN, placesIn, readEnd, readSources } from './sources.js';

/** Changes with each batch and each new source. */
const STATE = `SELECT coalesce(sum(batch), 0)::text || '.' || count(*) AS state FROM nestjs_traces.sources`;

const HEADS = `${WITH_LIVE} SELECT ${SHOWN_COLUMNS} FROM nestjs_traces.heads h WHERE h.key = ANY ($1::text[])`;

/**
 * All records of all sources: those of one source in the order in which it wrote them. A position is the batch of each
 * source, because a source's batches are stored one after the other. A sequence over all of them would have gaps where a
 * transaction ends later than one that began after it, and a reader would skip them.
 */
export class PostgresFeed implements TraceFeed {
  private readonly polled: FeedPoll;
  private readonly divided = new DividedBatch();

  constructor(readonly db: Database) {
    this.polled = new FeedPoll(async () => (await db.rows<{ state: string }>(STATE))[0]!.state);
  }

  async head(): Promise<FeedPosition> {
    await ensureSchema(this.db, 'read');
    return formatPlace(await readEnd(this.db));
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    const start = after === undefined ? ORIGIN : parsePlace(after);
    const bound = until === undefined ? undefined : parsePlace(until);
    await ensureSchema(this.db, 'read');
    const states = await readSources(this.db, start);
    const from = await placesIn(this.db, start, states, after ?? '');
    const to = bound && (await placesIn(this.db, bound, states, until!));
    const reached = new Map<number, Reached>();
    const ahead: Ahead[] = [];
    const beyond = new Map<number, Reached>();
    for (const { source, batch, stored } of states.sources) {
      const at = from.get(source)!;
      const end = to?.get(source) ?? { batch };
      const isAhead = isBefore(at, end);
      if (isAhead) ahead.push({ source, from: at, to: end });
      if (source <= start.known) {
        if (isBefore(at, { batch }) || !isUnnamed(stored, states.now)) reached.set(source, at);
      } else if (!isAhead) beyond.set(source, at);
    }
    const place: FeedPlace = { known: start.known, at: states.now, reached };
    const page = new FeedPage(place, { ahead, beyond }, limit, this.divided);
    await page.fill(this.db);
    return { records: page.records, position: page.position, done: page.done };
  }

  onMore(listener: () => void): () => void {
    return this.polled.add(listener);
  }

  async heads(keys: readonly TraceKey[]): Promise<Map<string, TraceHead>> {
    if (keys.length === 0) return new Map();
    await ensureSchema(this.db, 'read');
    const rows = await this.db.rows<ShownRow>(HEADS, [keys]);
    return new Map(rows.map((row) => [row.key, shownHead(row)]));
  }

  close(): void {
    this.polled.close();
  }
}
