import type { StoreInstance } from '../model/health.js';
import type { Sql } from './connection/database.js';

/** A process without a sign of life for this long is silent. */
export const SILENT_SECONDS = 60;

/** By the database's clock: those of the instances may differ. */
const INSTANCES = `SELECT s.writer, s.instance, s.service, s.host, s.pid, s.program AS version,
  CASE WHEN s.closed THEN 'closed' WHEN s.seen_at < now() - interval '${SILENT_SECONDS} s' THEN 'silent' ELSE 'live' END AS state,
  (extract(epoch FROM s.registered_at) * 1000000)::int8 AS "startedAt",
  (extract(epoch FROM greatest(s.seen_at, s.registered_at)) * 1000000)::int8 AS "seenAt",
  s.lag_bytes AS "lagBytes", s.lost_bytes AS "lostBytes", s.dropped,
  (SELECT count(*) FROM nestjs_traces.heads h WHERE h.status = 'active' AND h.source = s.source)::int4 AS "activeTraces"
FROM nestjs_traces.sources s ORDER BY s.registered_at DESC, s.source DESC LIMIT 1000`;

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
