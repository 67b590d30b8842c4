import type { Database } from '../connection/database.js';
import { table, type Day } from './days.js';
import { deleteFrom } from './delete-traces.js';
import { rewriteDay, type WholeDay } from './rewrite-day.js';

/** Up to here, deleting rows costs less than copying what stays. */
const FEW = 2_000;

/** How many traces of a day would be deleted: 0, or the number up to `FEW + 1`. */
async function countExpired(db: Database, day: WholeDay, keep: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT FROM ${table(day.heads)} h WHERE NOT ${keep} LIMIT ${FEW + 1}) AS expired`,
  );
  return row!.n;
}

/**
 * Deletes the traces of a day that `keep` does not hold for: a few as rows, more by a rewrite of the partitions.
 * @param mayRewrite the caller has the lease, and the program may change tables
 */
export async function pruneDay(db: Database, day: Day, keep: string, mayRewrite: boolean): Promise<number> {
  const { heads, chunks, isRest } = day;
  if (heads === undefined) return 0;
  if (mayRewrite && chunks !== undefined && !isRest) {
    const whole = { ...day, heads, chunks };
    const expired = await countExpired(db, whole, keep);
    if (expired === 0) return 0;
    if (expired > FEW) return (await rewriteDay(db, whole, keep)).removed;
  }
  return deleteFrom(db, day, keep);
}
