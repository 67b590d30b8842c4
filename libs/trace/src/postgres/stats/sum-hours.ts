import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import { MemoryTermNames } from '../../catalog/tables/term-names.js';
import type { Micros } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { Database } from '../connection/database.js';
import { withSnapshot } from './snapshot.js';
import { closedUntil, daysWithTraces, storeSums, SumsReader } from './stored-sums.js';

const [, HOUR, DAY] = LEVELS;

/** Time of one call in milliseconds: a database without sums is summed in several. */
const BUDGET_MS = 10_000;

/** Begins of the hours that are stored and not out of date. */
const VALID = (table: 'hours' | 'days'): string => `
  SELECT at_us AS at FROM nestjs_traces.${table}
  WHERE at_us >= $1 AND at_us < $2 AND stale_xid IS NULL AND data IS NOT NULL`;
const VALID_HOURS = VALID('hours');
const VALID_DAYS = VALID('days');

/**
 * Empties rows of days whose traces were all deleted. The rows stay: without its mark, an older snapshot could be stored.
 * `$1`: begins of the days that have traces.
 */
const FORGET = (table: 'hours' | 'days'): string => `
  UPDATE nestjs_traces.${table} SET data = NULL
  WHERE stale_xid IS NOT NULL AND data IS NOT NULL AND at_us - at_us % ${DAY} <> ALL ($1::bigint[])`;
const FORGET_HOURS = FORGET('hours');
const FORGET_DAYS = FORGET('days');

/**
 * Stores the sums of closed hours and days that are missing or out of date, the newest first, for ten seconds at most.
 * Returns whether all are stored.
 */
export async function sumClosedHours(db: Database, budgetMs = BUDGET_MS): Promise<boolean> {
  const until = performance.now() + budgetMs;
  const { days, closed } = await withSnapshot(db, async ({ sql, now }) => ({
    days: await daysWithTraces(sql, 0, Number.MAX_SAFE_INTEGER),
    closed: closedUntil(now),
  }));
  await db.run(FORGET_HOURS, [days]);
  await db.run(FORGET_DAYS, [days]);
  const valid = await begins(db, VALID_DAYS, 0, closed);
  for (const day of days.reverse()) {
    if (day >= closed || valid.has(day)) continue;
    const hours = await begins(db, VALID_HOURS, day, day + DAY);
    for (let hour = day; hour < Math.min(day + DAY, closed); hour += HOUR) {
      if (hours.has(hour)) continue;
      if (performance.now() >= until) return false;
      await sum(db, (sums) => sums.hours(hour, hour + HOUR));
    }
    if (day + DAY <= closed) await sum(db, (sums) => sums.days(day, day + DAY));
  }
  return true;
}

async function begins(db: Database, statement: string, from: Micros, to: Micros): Promise<Set<Micros>> {
  return new Set((await db.rows<{ at: Micros }>(statement, [from, to])).map(({ at }) => at));
}

/** One hour or day in a transaction of its own, so that no snapshot is held for long. */
async function sum(db: Database, read: (sums: SumsReader) => Promise<unknown>): Promise<void> {
  const { snapshot, made } = await withSnapshot(db, async (of) => {
    const sums = new SumsReader(of, new MemoryTermNames());
    await read(sums);
    return { snapshot: of, made: sums.made };
  });
  await storeSums(db, snapshot, made);
}
