import type { Micros } from '../../model/record.js';
import type { SharedRetention } from '../../shared/ship-target.js';
import type { Database } from '../connection/database.js';
import { bytesOf, KEEP, listDays, table, type Day } from './days.js';
import { DAY_US, forgetDays } from '../schema/partitions.js';
import { pruneDay } from './prune-day.js';
import { withTablesLocked } from './with-lock.js';

/** With a shorter `maxAge`, a trace that is kept until its day is over would be kept for twice the time. */
const SHORT_AGE_MS = 2 * 86_400_000;
/** When the newest day alone is too large, it is cut to this share of `maxBytes`: not every minute again. */
const CUT_TO = 0.75;

export interface RetentionRun {
  limits: SharedRetention;
  now: Micros;
  /** The program may change tables: `manage` is `auto`. */
  mayRewrite: boolean;
}

/** Deletes what is too old, then the oldest of what is too much. Returns the number of traces. */
export async function retain(db: Database, run: RetentionRun): Promise<number> {
  const byAge = await deleteOld(db, run);
  const bySize = run.limits.maxBytes === undefined ? 0 : await deleteTooMuch(db, run, run.limits.maxBytes);
  if (run.mayRewrite) await dropEmptyDays(db, run.now);
  return byAge + bySize;
}

/**
 * A day is due when all of it is too old: first what has not failed, later what has. Pinned and running traces stay. Traces
 * that are shipped late into an old day are deleted as rows by the next run.
 */
async function deleteOld(db: Database, { limits, now, mayRewrite }: RetentionRun): Promise<number> {
  const oldest = now - limits.maxAgeMs * 1_000;
  const oldestFailed = now - limits.errorMaxAgeMs * 1_000;
  let removed = 0;
  for (const day of await listDays(db)) {
    if (day.isRest) {
      const failing = KEEP.both(KEEP.failing, KEEP.since(oldestFailed));
      removed += await pruneDay(db, day, KEEP.any(KEEP.held, failing, KEEP.since(oldest)), false);
    } else if (day.to <= oldestFailed) removed += await pruneDay(db, day, KEEP.held, mayRewrite);
    else if (day.to <= oldest) removed += await pruneDay(db, day, KEEP.any(KEEP.held, KEEP.failing), mayRewrite);
    else if (day.from < oldest && limits.maxAgeMs < SHORT_AGE_MS) {
      // Row by row: the day is being written, and each minute a few go.
      removed += await pruneDay(db, day, KEEP.any(KEEP.held, KEEP.failing, KEEP.since(oldest)), false);
    }
  }
  return removed;
}

/**
 * Deletes the oldest days until the others fit. Without the right to change tables, deleted rows leave the files as large
 * as they were: then a day of which nothing may go any more does not count.
 */
async function deleteTooMuch(db: Database, { now, mayRewrite }: RetentionRun, maxBytes: number): Promise<number> {
  const days = await inOrder(db, await listDays(db));
  const sizes = await bytesOf(db, days);
  const mayGo = await Promise.all(days.map((day) => hasTraceToDelete(db, day)));
  let total = sizes.reduce((sum, size, i) => sum + (mayRewrite || mayGo[i] ? size : 0), 0);
  let removed = 0;
  for (const [i, day] of days.entries()) {
    if (total <= maxBytes) return removed;
    if (!mayGo[i]) continue;
    const size = sizes[i]!;
    // The day that is being written, and those to come.
    const isOpen = day.isRest || day.to > now;
    const keep = isOpen
      ? KEEP.any(KEEP.held, KEEP.since(await newestThatFit(db, day, (maxBytes * CUT_TO - (total - size)) / size)))
      : KEEP.held;
    removed += await pruneDay(db, day, keep, mayRewrite);
    const [left = 0] = await bytesOf(
      db,
      (await listDays(db)).filter(({ heads }) => heads === day.heads),
    );
    total -= mayRewrite ? size - left : size;
  }
  return removed;
}

/** The oldest first; what has no day by its newest trace. */
async function inOrder(db: Database, days: readonly Day[]): Promise<Day[]> {
  const dated = days.map(async (day): Promise<Day> => {
    if (!day.isRest || day.heads === undefined) return day;
    const [row] = await db.rows<{ at: Micros | null }>(`SELECT max(started_us) AS at FROM ${table(day.heads)}`);
    return { ...day, to: (row?.at ?? 0) + 1 };
  });
  return (await Promise.all(dated)).toSorted((a, b) => a.to - b.to);
}

/** Start of the oldest trace among this share of the day's newest traces. */
async function newestThatFit(db: Database, { heads, to }: Day, share: number): Promise<Micros> {
  if (heads === undefined || share <= 0) return to;
  const [row] = await db.rows<{ at: Micros | null }>(
    `SELECT percentile_disc(${Math.max(0, 1 - share)}) WITHIN GROUP (ORDER BY started_us) AS at FROM ${table(heads)}`,
  );
  return row?.at ?? to;
}

async function hasTraceToDelete(db: Database, { heads }: Day): Promise<boolean> {
  if (heads === undefined) return false;
  const [row] = await db.rows<{ some: boolean }>(
    `SELECT EXISTS (SELECT FROM ${table(heads)} h WHERE NOT ${KEEP.held}) AS some`,
  );
  return row!.some;
}

/** Drops the partitions of days that are over for a day and have no rows. */
async function dropEmptyDays(db: Database, now: Micros): Promise<void> {
  for (const day of await listDays(db)) {
    const names = [day.heads, day.chunks].filter((name) => name !== undefined).map(table);
    if (day.isRest || day.to > now - DAY_US || (await hasRows(db, names))) continue;
    await withTablesLocked(db, async (sql) => {
      if (!(await hasRows(sql, names))) await sql.run(`DROP TABLE ${names.join(', ')}`);
    });
    forgetDays(db);
  }
}

async function hasRows(sql: Pick<Database, 'rows'>, tables: readonly string[]): Promise<boolean> {
  const [row] = await sql.rows<{ some: boolean }>(
    `SELECT ${tables.map((name) => `EXISTS (SELECT FROM ${name})`).join(' OR ')} AS some`,
  );
  return row!.some;
}
