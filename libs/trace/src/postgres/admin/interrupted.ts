import type { Micros } from '../../model/record.js';
import type { Database } from '../connection/database.js';
import { SILENT_AFTER } from '../heads/silent.js';
import { markStale } from '../stats/stale.js';

/** Traces in one transaction. */
const BATCH = 2_000;

/**
 * The end is one microsecond after the last record, as in the journal. The version stays: a later record of the process
 * itself replaces the row. `$1`: the batch's size.
 */
const INTERRUPT = `
  UPDATE nestjs_traces.heads h SET status = 'interrupted', ended_us = h.last_us + 1
  FROM (
    SELECT a.key, a.started_us FROM nestjs_traces.heads a
    JOIN nestjs_traces.sources s ON s.source = a.source
    WHERE a.status = 'active' AND (s.closed OR s.seen_at < now() - interval '${SILENT_AFTER}')
    LIMIT $1
  ) AS lost
  WHERE h.key = lost.key AND h.started_us = lost.started_us AND h.status = 'active'
  RETURNING h.started_us`;

/** A process that was only cut off and is back: its traces run. Its own ends are later than this by more than that. */
const REVIVE = `
  UPDATE nestjs_traces.heads h SET status = 'active', ended_us = NULL
  FROM nestjs_traces.sources s
  WHERE s.source = h.source AND NOT s.closed AND s.seen_at > now() - interval '${SILENT_AFTER}'
    AND h.status = 'interrupted' AND h.ended_us = h.last_us + 1 AND h.started_us > $1
  RETURNING h.started_us`;
/** Older ones are no longer looked at, in microseconds. */
const REVIVE_WITHIN = 2 * 86_400_000_000;

/** Marks the active traces of processes that are silent or closed as interrupted, and takes that back for those that returned. */
export async function markInterrupted(db: Database, now: Micros): Promise<number> {
  await db.transaction(async (sql) => {
    const back = await sql.rows<{ started_us: Micros }>(REVIVE, [now - REVIVE_WITHIN]);
    await markStale(
      sql,
      back.map((row) => row.started_us),
    );
  });
  for (let marked = 0; ;) {
    const some = await db.transaction(async (sql) => {
      const rows = await sql.rows<{ started_us: Micros }>(INTERRUPT, [BATCH]);
      await markStale(
        sql,
        rows.map((row) => row.started_us),
      );
      return rows.length;
    });
    marked += some;
    if (some < BATCH) return marked;
  }
}
