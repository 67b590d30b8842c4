import { NO_VALUE, type PageOrder } from '../../catalog/queries/trace-order.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TraceHead } from '../../model/trace.js';
import type { ClickHouse } from '../connection/click-house.js';
import { IS_KEPT, SHOWN_END } from '../heads/shown.js';
import { conditionsOf } from './conditions.js';
import { headsAt, type HeadPlace } from './found-heads.js';

/** SQL of the values. A cost is rounded as `Math.round` does. */
const VALUES = {
  duration: `(ifNull(${SHOWN_END}, {sortNow:Int64}) - started_us)`,
  cost: `if(isNull(cost_nano), ${NO_VALUE}, toInt64(floor(assumeNotNull(cost_nano) + 0.5)))`,
} as const;

/** The heads with the highest values after a place, at most `limit`, in any order. Reads no whole rows but those. */
export async function highestHeads(
  db: ClickHouse,
  filter: TraceConditions,
  limit: number,
  { sort, now, after }: PageOrder,
): Promise<TraceHead[]> {
  const { sql, params } = conditionsOf(filter);
  const value = VALUES[sort];
  const where = [IS_KEPT, ...sql];
  if (filter.since !== undefined) where.push('started_us >= {since:Int64}');
  if (filter.until !== undefined) where.push('started_us <= {until:Int64}');
  if (after) where.push(`(${value}, started_us, key) < ({value:Int64}, {placeUs:Int64}, {placeKey:String})`);
  const given = {
    ...params,
    limit,
    sortNow: now,
    since: Math.ceil(filter.since ?? 0),
    until: Math.floor(filter.until ?? 0),
    value: after?.value ?? 0,
    placeUs: after?.startedAt ?? 0,
    placeKey: after?.key ?? '',
  };
  const rows = await db.rows<{ started_us: number; key: string }>(
    `SELECT started_us, key FROM nestjs_traces.heads FINAL WHERE ${where.join(' AND ')}
     ORDER BY ${value} DESC, started_us DESC, key DESC LIMIT {limit:UInt32}`,
    given,
  );
  const places = rows.map(({ started_us: startedAt, key }): HeadPlace => [startedAt, key]);
  return headsAt(db, places);
}
