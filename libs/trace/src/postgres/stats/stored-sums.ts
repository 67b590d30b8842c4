import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import type { TermNames } from '../../catalog/tables/term-names.js';
import type { Micros } from '../../model/record.js';
import type { Sql } from '../connection/database.js';
import { CLOSED_AFTER } from './stale.js';
import { eachEnded } from './summed-traces.js';
import type { Snapshot } from './snapshot.js';
import { Sums } from './sums.js';

const [MINUTE, HOUR, DAY] = LEVELS;

/** One row of `hours` or `days`. */
export interface SumsRow {
  table: 'hours' | 'days';
  at: Micros;
  data: string;
}

/** Sums of an hour or a day, with its begin. */
export interface DatedSums {
  at: Micros;
  sums: Sums;
}

/** Begins of the days in which traces began: as many steps in the index as there are such days. */
const DAYS_WITH_TRACES = `
  WITH RECURSIVE days AS (
    SELECT (SELECT started_us - started_us % ${DAY} FROM nestjs_traces.heads
      WHERE started_us >= $1 AND started_us < $2 ORDER BY started_us LIMIT 1) AS at
    UNION ALL
    SELECT (SELECT started_us - started_us % ${DAY} FROM nestjs_traces.heads
      WHERE started_us >= days.at + ${DAY} AND started_us < $2 ORDER BY started_us LIMIT 1)
    FROM days WHERE days.at IS NOT NULL
  )
  SELECT at FROM days WHERE at IS NOT NULL ORDER BY at`;

const STORED = (table: SumsRow['table']): string => `
  SELECT at_us AS at, data FROM nestjs_traces.${table}
  WHERE at_us >= $1 AND at_us < $2 AND stale_xid IS NULL AND data IS NOT NULL`;
const STORED_HOURS = STORED('hours');
const STORED_DAYS = STORED('days');

/**
 * `$1`: begins, `$2`: sums, `$3`: `xmin` of the snapshot that was summed. A row that is not out of date is left alone: it
 * may be from a later snapshot. One that is out of date is replaced only if the sums have the change that made it so.
 */
const STORE = (table: SumsRow['table']): string => `
  INSERT INTO nestjs_traces.${table} (at_us, data)
  SELECT at, data FROM unnest($1::bigint[], $2::text[]) AS made (at, data) ORDER BY at
  ON CONFLICT (at_us) DO UPDATE SET data = excluded.data, stale_xid = NULL WHERE ${table}.stale_xid < $3::xid8`;
const STORE_ROWS = { hours: STORE('hours'), days: STORE('days') };
/** Rows of one statement: about 1 MB. */
const MAX_STORED = 100;

/** The end of the last hour that is closed. Later traces are read one by one. */
export function closedUntil(now: Micros): Micros {
  return Math.floor((now - CLOSED_AFTER) / HOUR) * HOUR;
}

/** Begins of the days in which traces began, from `from` to before `to`. */
export async function daysWithTraces(sql: Sql, from: Micros, to: Micros): Promise<Micros[]> {
  return (await sql.rows<{ at: Micros }>(DAYS_WITH_TRACES, [from, to])).map(({ at }) => at);
}

/** Stores what a snapshot was summed to, unless traces changed since. */
export async function storeSums(sql: Sql, { xmin }: Pick<Snapshot, 'xmin'>, rows: readonly SumsRow[]): Promise<void> {
  for (const table of ['hours', 'days'] as const) {
    const own = rows.filter((row) => row.table === table);
    for (let n = 0; n < own.length; n += MAX_STORED) {
      const some = own.slice(n, n + MAX_STORED);
      await sql.run(STORE_ROWS[table], [some.map(({ at }) => at), some.map(({ data }) => data), xmin]);
    }
  }
}

/** Sums of closed hours and days in one snapshot. Those that are not stored are made from the traces. */
export class SumsReader {
  /** Made, and to be stored when the snapshot's transaction is over. */
  readonly made: SumsRow[] = [];

  constructor(
    private readonly snapshot: Snapshot,
    private readonly names: TermNames,
  ) {}

  /** Days of which all hours are closed; those without traces are left out. */
  async days(from: Micros, to: Micros): Promise<DatedSums[]> {
    const { sql } = this.snapshot;
    const stored = await this.stored(STORED_DAYS, from, to, HOUR);
    const days: DatedSums[] = [];
    for (const at of await daysWithTraces(sql, from, to)) {
      days.push({ at, sums: stored.get(at) ?? (await this.madeDay(at)) });
    }
    return days;
  }

  /** Closed hours. */
  async hours(from: Micros, to: Micros): Promise<DatedSums[]> {
    const stored = await this.stored(STORED_HOURS, from, to, MINUTE);
    const hours: DatedSums[] = [];
    for (const day of await daysWithTraces(this.snapshot.sql, from, to)) {
      for (let at = Math.max(from, day); at < Math.min(to, day + DAY); at += HOUR) {
        hours.push({ at, sums: stored.get(at) ?? (await this.madeHour(at)) });
      }
    }
    return hours;
  }

  private async stored(statement: string, from: Micros, to: Micros, barWidth: number): Promise<Map<Micros, Sums>> {
    const rows = await this.snapshot.sql.rows<{ at: Micros; data: string }>(statement, [from, to]);
    return new Map(rows.map(({ at, data }) => [at, Sums.decode(data, this.names, at, barWidth)]));
  }

  private async madeDay(at: Micros): Promise<Sums> {
    const sums = Sums.ofDay();
    for (const hour of await this.hours(at, at + DAY)) sums.merge(hour.sums);
    this.made.push({ table: 'days', at, data: sums.encode(this.names, at) });
    return sums;
  }

  private async madeHour(at: Micros): Promise<Sums> {
    const sums = Sums.ofHour();
    await eachEnded(this.snapshot.sql, at, at + HOUR - 1, (trace) => sums.add(trace, this.names));
    this.made.push({ table: 'hours', at, data: sums.encode(this.names, at) });
    return sums;
  }
}
