import { cursor, pageOf } from '../../catalog/queries/trace-lists.js';
import { pageOrder, type PageOrder } from '../../catalog/queries/trace-order.js';
import { performance } from '../../model/timers.js';
import type { TextSearch, TraceConditions } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { Database } from '../connection/database.js';
import { ensureSchema } from '../schema/migrate.js';
import { ChunkReader } from './chunk-reader.js';
import { searchPayloads } from './payload-search.js';
import { shownHead } from './shown-head.js';
import { listSorted } from './sorted-list.js';
import { storedTraces } from './stored-traces.js';
import { TextIndexProbe } from './text-index.js';
import { listRows } from './trace-list.js';

/** Milliseconds that a search may take while a person waits. Half of it is for texts without an index, the rest for payloads. */
const SEARCH_MS = 800;

/** Finds and reads traces in the database. */
export class PostgresReader {
  private readonly texts: TextIndexProbe;
  private readonly chunks = new ChunkReader();

  constructor(
    readonly db: Database,
    private readonly searchMs = SEARCH_MS,
  ) {
    this.texts = new TextIndexProbe(db, searchMs / 2);
  }

  /** Chunks that could not be unpacked since the start. */
  get corruptChunks(): number {
    return this.chunks.corrupt;
  }

  /** One page, newest first or in the order `sort`. Rejects with `BAD_POSITION`. */
  async search({ limit, before, sort = 'started', ...filter }: TextSearch): Promise<TracePage> {
    if (sort !== 'started') return this.sorted(filter, limit, pageOrder(sort, before));
    const place = before === undefined ? undefined : cursor(before);
    await ensureSchema(this.db, 'read');
    const { q } = filter;
    const deadline = performance.now() + this.searchMs;
    const texts = await this.texts.find();
    // One more row than the page has: whether there is a next page.
    const indexed = await listRows(this.db, filter, limit + 1, place, texts);
    const found = q
      ? await searchPayloads(this.db, this.chunks, { filter: { ...filter, q }, limit, place, texts, indexed, deadline })
      : { ...indexed, hasMore: indexed.rows.length > limit };
    const page = pageOf(found.rows.slice(0, limit).map(shownHead), found.hasMore);
    return found.partial ? { ...page, partial: true } : page;
  }

  private async sorted(filter: TraceConditions, limit: number, order: PageOrder): Promise<TracePage> {
    await ensureSchema(this.db, 'read');
    const page = await listSorted(this.db, filter, limit, order, await this.texts.find());
    // Payloads are searched in the order of time, so another order has what the index finds.
    return filter.q ? { ...page, partial: true } : page;
  }

  /** The traces with these ids, in the order asked. */
  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    if (traceIds.length === 0) return [];
    await ensureSchema(this.db, 'read');
    return storedTraces(this.db, this.chunks, traceIds);
  }
}
