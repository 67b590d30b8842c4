import { pageOf } from '../../catalog/queries/trace-lists.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { ClickHouse } from '../connection/click-house.js';
import { ensureSchema } from '../schema/migrate.js';
import { listHeads, placeOf } from './list-page.js';
import { searchPayloads } from './payload-search.js';
import { storedTraces } from './stored-traces.js';

/** Finds and reads traces in the database. */
export class ClickHouseReader {
  constructor(readonly db: ClickHouse) {}

  async search(search: TextSearch): Promise<TracePage> {
    const { limit, before, ...filter } = search;
    const place = placeOf(before);
    await ensureSchema(this.db, 'read');
    if (filter.q) return searchPayloads(this.db, search);
    const heads = await listHeads(this.db, filter, limit + 1, place);
    return pageOf(heads.slice(0, limit), heads.length > limit);
  }

  async getMany(traceIds: readonly string[]): Promise<StoredTrace[]> {
    if (traceIds.length === 0) return [];
    await ensureSchema(this.db, 'read');
    return storedTraces(this.db, traceIds);
  }
}
