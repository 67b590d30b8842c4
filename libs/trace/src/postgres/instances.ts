import type { StoreInstance } from '../model/health.js';
import type { Sql } from './connection/database.js';
import { IS_SILENT } from './heads/silent.js';

/** By the database's clock: those of the instances may differ. */
const INSTANCES = `SELECT s.writer, s.instance, s.service, s.host, s.pid, s.program AS version,
  CASE WHEN s.closed THEN 'closed' WHEN ${IS_SILENT} THEN 'silent' ELSE 'live' END AS state,
  (extract(epoch FROM s.registered_at) * 1000000)::int8 AS "startedAt",
  (extract(epoch FROM greatest(s.seen_at, s.registered_at)) * 1000000)::int8 AS "seenAt",
  s.lag_bytes AS "lagBytes", s.lost_bytes AS "lostBytes", s.dropped,
  coalesce(a.n, 0) AS "activeTraces"
FROM nestjs_traces.sources s
LEFT JOIN (SELECT source, count(*) AS n FROM nestjs_traces.heads WHERE status = 'active' GROUP BY source) a USING (source)
ORDER BY s.registered_at DESC, s.source DESC LIMIT 1000`;

type Row = Omit<StoreInstance, 'dropped' | 'service'> & { dropped: string; service: string | null };

/** The processes that record into the database, newest first. */
export async function listInstances(sql: Sql): Promise<StoreInstance[]> {
  const rows = await sql.rows<Row>(INSTANCES);
  return rows.map(({ service, dropped, ...rest }) => ({
    ...rest,
    ...(service !== null && { service }),
    dropped: JSON.parse(dropped) as Record<string, number>,
  }));
}
