import type { StoreInstance } from '../model/health.js';
import type { ClickHouse } from './connection/click-house.js';
import { IS_KEPT, NOW_US, SIGNS, SILENT_US } from './heads/shown.js';
import { ensureSchema } from './schema/migrate.js';

interface Row {
  writer: string;
  instance: string;
  service: string | null;
  host: string;
  pid: number;
  program: string;
  registered_us: number;
  seen_us: number;
  closed: 0 | 1;
  is_silent: 0 | 1;
  lag_bytes: number;
  lost_bytes: number;
  dropped: string;
  active: number;
}

const INSTANCES = `
SELECT s.writer AS writer, s.instance AS instance, s.service AS service, s.host AS host, s.pid AS pid,
  s.program AS program, s.registered_us AS registered_us, signs.seen_us AS seen_us, signs.closed AS closed,
  signs.seen_us < ${NOW_US} - ${SILENT_US} AS is_silent,
  b.lag_bytes AS lag_bytes, b.lost_bytes AS lost_bytes, b.dropped AS dropped, running.n AS active
FROM (
  SELECT writer, any(instance) AS instance, any(service) AS service, any(host) AS host, any(pid) AS pid,
    any(program) AS program, min(registered_us) AS registered_us
  FROM nestjs_traces.sources GROUP BY writer
) AS s
LEFT JOIN (${SIGNS}) AS signs ON signs.writer = s.writer
LEFT JOIN (SELECT * FROM nestjs_traces.beats FINAL) AS b ON b.writer = s.writer
LEFT JOIN (
  SELECT toString(source) AS writer, toInt64(count()) AS n FROM nestjs_traces.heads FINAL
  WHERE status = 'active' AND ${IS_KEPT} GROUP BY source
) AS running ON running.writer = s.writer
ORDER BY registered_us DESC, writer`;

/** The processes that record into the database, newest first. */
export async function listInstances(db: ClickHouse): Promise<StoreInstance[]> {
  await ensureSchema(db, 'read');
  return (await db.rows<Row>(INSTANCES)).map((row) => {
    const state = row.closed === 1 ? 'closed' : row.is_silent === 1 ? 'silent' : 'live';
    return {
      instance: row.instance,
      ...(row.service !== null && { service: row.service }),
      host: row.host,
      pid: row.pid,
      version: row.program,
      writer: row.writer,
      state,
      startedAt: row.registered_us,
      seenAt: row.seen_us,
      lagBytes: row.lag_bytes,
      lostBytes: row.lost_bytes,
      dropped: row.dropped === '' ? {} : (JSON.parse(row.dropped) as Record<string, number>),
      // Those of a process that is gone are interrupted.
      activeTraces: state === 'live' ? row.active : 0,
    };
  });
}
