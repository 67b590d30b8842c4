import type { Micros } from '../../model/record.js';
import type { Database } from '../connection/database.js';
import { KEEP, listDays, table, type Day } from './days.js';
import { rewriteErasures } from './finish-erasure.js';
import { olderTransactions } from './older-transactions.js';
import { removeLeftovers, rewriteDay } from './rewrite-day.js';

const REMAINS = `
  SELECT DISTINCT unnest(remains) AS day FROM nestjs_traces.erasures ORDER BY day`;
const SCRUBBED =
  'UPDATE nestjs_traces.erasures SET remains = array_remove(remains, $1::bigint) WHERE $1 = ANY (remains)';

/**
 * Begins of the days whose files may have deleted rows of erased contacts.
 * @param before days that ended before this time
 */
export async function daysWithRemains(db: Database, before = Number.POSITIVE_INFINITY): Promise<Micros[]> {
  const rows = await db.rows<{ day: Micros }>(REMAINS);
  const ends = new Map((await listDays(db)).filter(({ isRest }) => !isRest).map(({ from, to }) => [from, to]));
  return rows.map(({ day }) => day).filter((day) => (ends.get(day) ?? 0) <= before);
}

/**
 * Removes the remains of erased contacts from the files of these days: `DELETE` leaves the bytes of a row where they are,
 * and `VACUUM` most of them, also in indexes. With `manage: 'off'`, `VACUUM FULL` does it, for which readers wait. The
 * caller has the lease.
 */
export async function scrubDays(db: Database, days: readonly Micros[]): Promise<void> {
  const mayRewrite = db.target.manage === 'auto';
  if (mayRewrite) await removeLeftovers(db);
  else await olderTransactions(db);
  const all = await listDays(db);
  const known = new Map(all.filter(({ isRest }) => !isRest).map((day) => [day.from, day]));
  const rest = all.find(({ isRest }) => isRest);
  for (const from of days) {
    const { heads, chunks, to } = known.get(from) ?? {};
    if (!heads && rest) await vacuum(db, rest);
    if (heads !== undefined && chunks !== undefined && to !== undefined) {
      if (mayRewrite) await rewriteDay(db, { from, to, heads, chunks }, KEEP.all);
      else await vacuum(db, { heads, chunks });
    }
    await db.run(SCRUBBED, [from]);
  }
}

async function vacuum(db: Database, { heads, chunks }: Pick<Day, 'heads' | 'chunks'>): Promise<void> {
  for (const name of [heads, chunks]) if (name !== undefined) await db.run(`VACUUM (FULL) ${table(name)}`);
}

const HAS_STATISTICS = `SELECT EXISTS (SELECT FROM pg_stats WHERE schemaname = $1 AND tablename = 'heads') AS some`;

/** The rest: former rows of the erasures themselves, and values of columns in the planner's statistics. */
export async function scrubRest(db: Database): Promise<void> {
  if (db.target.manage === 'auto') await rewriteErasures(db);
  else await db.run('VACUUM (FULL) nestjs_traces.erasures');
  // Statistics have frequent values. Those of the partitions are gone with them; those of the table exist only where
  // an administrator had them made.
  const [made] = await db.rows<{ some: boolean }>(HAS_STATISTICS, [db.target.schema]);
  if (made?.some) await db.transaction((sql) => sql.run('ANALYZE nestjs_traces.heads'), { statementMs: 0 });
  // Only an owner of the database may do this; for another one PostgreSQL warns and does nothing.
  await olderTransactions(db);
  await db.run('VACUUM (FULL) pg_catalog.pg_statistic');
}
