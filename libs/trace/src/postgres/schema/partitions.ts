import type { Micros } from '../../model/record.js';
import type { Database, Sql } from '../connection/database.js';
import { LOCK } from '../connection/locks.js';
import { isRefused } from '../connection/pg-error.js';

/** Tables that have a partition for each day (UTC). */
export const DAILY_TABLES = ['heads', 'chunks'] as const;
export type DailyTable = (typeof DAILY_TABLES)[number];

export const DAY_US = 86_400_000_000;
/** Days to come that have partitions before a trace needs them. */
export const DAYS_AHEAD = 3;

/** A day (UTC) as partitions are named by it: `20261201`. */
export type Day = string;

/** Start of the day (UTC) of a time. */
export function dayStart(time: Micros): Micros {
  return Math.floor(time / DAY_US) * DAY_US;
}

export function dayOf(time: Micros): Day {
  return new Date(dayStart(time) / 1_000).toISOString().replace(/T.*/, '').replaceAll('-', '');
}

/** Start of a day. */
export function startOf(day: Day): Micros {
  return Date.parse(`${day.slice(0, -4)}-${day.slice(-4, -2)}-${day.slice(-2)}T00:00:00Z`) * 1_000;
}

/** Name of the partition of a day, without the schema. */
export function partitionName(table: DailyTable, day: Day): string {
  return `${table}_${day}`;
}

const known = new WeakMap<Database, Set<Day>>();

/** Bounds are read from the catalog: retention replaces a partition by one of another name. */
const LIST = `SELECT p.relname AS parent, c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
WHERE i.inhparent IN (to_regclass('nestjs_traces.heads'), to_regclass('nestjs_traces.chunks'))`;

/** A partition. The one that takes all days without one has no day. */
export interface Partition {
  table: DailyTable;
  /** Without the schema. */
  name: string;
  day: Day | undefined;
}

/** All partitions, the oldest day first. */
export async function listPartitions(sql: Sql): Promise<Partition[]> {
  const rows = await sql.rows<{ parent: DailyTable; name: string; bound: string }>(LIST);
  const all = rows.map(({ parent, name, bound }) => {
    const from = /FROM \('?(-?\d+)'?\)/.exec(bound)?.[1];
    return { table: parent, name, day: from === undefined ? undefined : dayOf(Number(from)) };
  });
  return all.sort((a, b) => (a.day ?? '').localeCompare(b.day ?? '') || a.name.localeCompare(b.name));
}

/** Creates the partitions of the days (UTC) of these times that are missing, in a transaction of their own. */
export async function ensureDays(db: Database, times: readonly Micros[]): Promise<void> {
  // With `manage: 'off'` the partition `default` takes the days that `db migrate` did not create.
  if (db.target.manage === 'off') return;
  const days = [...new Set(times.map(dayOf))];
  try {
    await createDays(db, days);
  } catch (error) {
    // Only the owner of the tables may create partitions.
    if (!isRefused(error) || !(await exists(db, 'heads_default')) || !(await exists(db, 'chunks_default'))) throw error;
    for (const day of days) known.get(db)?.add(day);
  }
}

/** Whatever `manage` is. */
export async function createDays(db: Database, days: readonly Day[]): Promise<void> {
  const cached = known.get(db) ?? new Set();
  known.set(db, cached);
  const wanted = days.filter((day) => !cached.has(day));
  if (wanted.length === 0) return;
  if ((await missingOf(db, wanted)).length > 0) {
    await db.transaction(
      async (sql) => {
        // Listed again behind the lock: another process may have created them meanwhile.
        for (const { table, day } of await missingOf(sql, wanted)) await createDay(sql, table, day);
      },
      { first: `SET LOCAL lock_timeout = 5000; ${LOCK.days}` },
    );
  }
  for (const day of wanted) cached.add(day);
}

/** Forgets which days have partitions: one was removed. */
export function forgetDays(db: Database): void {
  known.delete(db);
}

async function missingOf(sql: Sql, days: readonly Day[]): Promise<{ table: DailyTable; day: Day }[]> {
  const present = new Set((await listPartitions(sql)).map(({ table, day }) => `${table} ${day}`));
  return DAILY_TABLES.flatMap((table) => days.map((day) => ({ table, day }))).filter(
    ({ table, day }) => !present.has(`${table} ${day}`),
  );
}

/**
 * Attached after it was created: `CREATE TABLE … PARTITION OF` would block all readers and writers of the table, and `ATTACH` blocks
 * none. What the partition `default` has of the day moves, because PostgreSQL refuses a day that is in there.
 */
async function createDay(sql: Sql, table: DailyTable, day: Day): Promise<void> {
  const spare = await exists(sql, `${table}_default`);
  let name = partitionName(table, day);
  // A partition that retention took out and has not dropped yet.
  for (let n = 2; await exists(sql, name); n += 1) name = `${partitionName(table, day)}_${n}`;
  for (const statement of dayStatements(table, day, { name, spare })) await sql.run(statement);
}

async function exists(sql: Sql, name: string): Promise<boolean> {
  const found = await sql.rows<{ there: boolean }>(`SELECT to_regclass('nestjs_traces.${name}') IS NOT NULL AS there`);
  return found[0]!.there;
}

/** Statements that create the partition of a day. `spare`: there is a partition `default`. */
export function dayStatements(
  table: DailyTable,
  day: Day,
  { name = partitionName(table, day), spare = false }: { name?: string; spare?: boolean } = {},
): string[] {
  const from = startOf(day);
  const range = `started_us >= ${from} AND started_us < ${from + DAY_US}`;
  const rest = `nestjs_traces.${table}_default`;
  const moved = [
    `LOCK TABLE ${rest} IN ACCESS EXCLUSIVE MODE`,
    `WITH moved AS (DELETE FROM ${rest} WHERE ${range} RETURNING *) INSERT INTO nestjs_traces.${name} SELECT * FROM moved`,
  ];
  return [
    `CREATE TABLE nestjs_traces.${name} (LIKE nestjs_traces.${table} INCLUDING ALL)`,
    ...(spare ? moved : []),
    `ALTER TABLE nestjs_traces.${table} ATTACH PARTITION nestjs_traces.${name} FOR VALUES FROM (${from}) TO (${from + DAY_US})`,
  ];
}
