import { FAILED_STATUSES } from '../../model/status.js';
import type { SharedRetention } from '../../shared/ship-target.js';
import type { ClickHouse } from '../connection/click-house.js';
import { IS_PINNED } from '../heads/shown.js';
import { DAY_US } from '../schema/schema.sql.js';

const FAILED = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;
const WAIT = { mutations_sync: '1' } as const;

/** Whole days of the traces and of the records. */
const DAYS = `
SELECT toInt64(partition_id) AS day, toInt64(sum(bytes_on_disk)) AS bytes FROM system.parts
WHERE active AND database = 'nestjs_traces' AND table IN ('heads', 'chunks') GROUP BY day ORDER BY day`;
/** Traces of a day that stay: pinned ones, and those with errors that are young enough. */
const KEPT = `
SELECT key FROM nestjs_traces.heads FINAL
WHERE started_us >= {from:Int64} AND started_us < {to:Int64}
  AND (${IS_PINNED} OR ({errorsFrom:Int64} > 0 AND last_us >= {errorsFrom:Int64} AND (errors > 0 OR status IN ${FAILED})))`;
const COUNTS = `
SELECT toInt64(uniqExact(key)) AS n, toInt64(uniqExactIf(key, key IN (${KEPT}))) AS kept
FROM nestjs_traces.heads WHERE started_us >= {from:Int64} AND started_us < {to:Int64}`;

interface Day {
  day: number;
  bytes: number;
}

/**
 * Deletes days that are older than the limits, and the oldest days while all take more than `maxBytes`. A day without traces
 * that stay is dropped; of others, ClickHouse writes the files again with those alone. Both give the disk back.
 */
export async function retain(db: ClickHouse, limits: SharedRetention, nowUs: number): Promise<void> {
  const { maxAgeMs, errorMaxAgeMs, maxBytes } = limits;
  const days = await db.rows<Day>(DAYS);
  const errorsFrom = Math.max(1, nowUs - errorMaxAgeMs * 1000);
  let bytes = days.reduce((sum, day) => sum + day.bytes, 0);
  for (const day of days) {
    const isOld = (day.day + 1) * DAY_US <= nowUs - maxAgeMs * 1000;
    const isTooMuch = maxBytes !== undefined && bytes > maxBytes;
    if (!isOld && !isTooMuch) continue;
    // Errors go too where the space is not enough.
    const isGone = await pruneDay(db, day.day, isTooMuch ? 0 : errorsFrom);
    if (isGone) bytes -= day.bytes;
  }
}

/** Returns whether something was deleted. */
async function pruneDay(db: ClickHouse, day: number, errorsFrom: number): Promise<boolean> {
  const params = { from: day * DAY_US, to: (day + 1) * DAY_US, errorsFrom };
  const [count] = await db.rows<{ n: number; kept: number }>(COUNTS, params);
  const partition = `PARTITION ID '${day}'`;
  if (count!.kept === 0) {
    for (const table of ['chunks', 'heads']) await db.run(`ALTER TABLE nestjs_traces.${table} DROP ${partition}`);
    return true;
  }
  if (count!.kept === count!.n) return false;
  // Records first: a crash in between leaves traces that the next run deletes.
  for (const table of ['chunks', 'heads']) {
    await db.run(`ALTER TABLE nestjs_traces.${table} DELETE IN ${partition} WHERE key NOT IN (${KEPT})`, params, WAIT);
  }
  return true;
}
