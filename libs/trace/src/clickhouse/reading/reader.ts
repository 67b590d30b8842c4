import { pageOf } from '../../catalog/queries/trace-lists.js';
import { pageOrder, sortedPage, type PageOrder } from '../../catalog/queries/trace-order.js';
import type { TextSearch, TraceConditions } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { ClickHouse } from '../connection/click-house.js';
import { ensureSchema } from '../schema/migrate.js';
import { listHeads, placeOf } from './list-page.js';
import { highestHeads } from './sorted-heads.js';
import { searchPayloads } from './payload-search.js';
import { storedTraces } from './stored-traces.js';

/** Finds and reads traces in the database. */
export class ClickHouseReader {
  constructor(readonly db: ClickHouse) {}

  async search(search: TextSearch): Promise<TracePage> {
    const { limit, before, sort = 'started', ...filter } = search;
    if (sort !== 'started') return this.sorted(filter, limit, pageOrder(sort, before));
    const place = placeOf(before);
    await ensureSchema(this.db, 'read');
    if (filter.q) return searchPayloads(this.db, search);
    const heads = await listHeads(this.db, filter, limit + 1, place);
    return pageOf(heads.slice(0, limit), heads.length > limit);
  }

  private async sorted(filter: TraceConditions, limit: number, order: PageOrder): Promise<TracePage> {
    await ensureSchema(this.db, 'read');
    const page = sortedPage(order, await highestHeads(this.db, filter, limit + 1, order), limit);
    // Payloads are searched in the order of time, so another order has what the heads have.
    return filter.q ? { ...page, partial: true } : page;
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    if (traceIds.length === 0) return [];
    await ensureSchema(this.db, 'read');
    return storedTraces(this.db, traceIds);
  }
}
