import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import type { Micros } from '../../model/record.js';
import type { Sql } from '../connection/database.js';

const [, HOUR, DAY] = LEVELS;

/** An hour or a day is closed so long after its end: nearly all traces that began in it have ended. */
export const CLOSED_AFTER = 15 * LEVELS[0];
/**
 * Changes of an hour are marked so long after its end, which is before the hour is closed: a transaction that began
 * while it needed no mark has ended when the hour is summed, unless it takes ten minutes.
 */
const MARKED_AFTER = 5 * LEVELS[0];

const MARK = (table: 'hours' | 'days', width: Micros, times: string): string => `
  INSERT INTO nestjs_traces.${table} (at_us, stale_xid)
  SELECT at, pg_current_xact_id() FROM unnest(${times}::bigint[]) AS changed (at)
  WHERE at + ${width + MARKED_AFTER} <= extract(epoch FROM now()) * 1000000
    OR EXISTS (SELECT FROM nestjs_traces.${table} stored WHERE stored.at_us = changed.at)
  ORDER BY at
  ON CONFLICT (at_us) DO UPDATE SET stale_xid = greatest(${table}.stale_xid, excluded.stale_xid)`;

/** `$1`: hours. `$2`: days. One round trip, which writes nothing for traces of the open hour. */
const MARK_STALE = `WITH hours_marked AS (${MARK('hours', HOUR, '$1')}) ${MARK('days', DAY, '$2')}`;

/**
 * Marks the stored sums of the hours and days of these start times as out of date, in the caller's transaction, which
 * changes traces that are or were ended. Active traces are in no sum.
 *
 * Call it as the last statement: until the end of the transaction, others that mark the same hour wait.
 */
export async function markStale(sql: Sql, started: readonly Micros[]): Promise<void> {
  if (started.length === 0) return;
  await sql.run(MARK_STALE, [beginsOf(started, HOUR), beginsOf(started, DAY)]);
}

/** Marks all stored sums of these days: for a change of all their traces, such as a new partition. */
export async function markDaysStale(sql: Sql, days: readonly Micros[]): Promise<void> {
  const hours = days.flatMap((day) => Array.from({ length: 24 }, (_, n) => beginOf(day, DAY) + n * HOUR));
  await markStale(sql, hours);
}

function beginsOf(times: readonly Micros[], width: Micros): Micros[] {
  return [...new Set(times.map((at) => beginOf(at, width)))].sort((a, b) => a - b);
}

function beginOf(at: Micros, width: Micros): Micros {
  return Math.floor(at / width) * width;
}
