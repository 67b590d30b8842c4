import type { Micros } from '../../model/record.js';
import type { Database, Sql } from '../connection/database.js';
import { markStale } from '../stats/stale.js';
import { table, type Day } from './days.js';

/** Traces in one transaction. */
const BATCH = 1_000;

export interface TraceRow {
  key: string;
  started_us: Micros;
}

/**
 * Deletes the traces of a day that are not kept, in transactions of 1,000. Their space is used again by later rows of the
 * day, and goes back to the disk only with the partition. Returns how many were deleted.
 */
export async function deleteFrom(db: Database, { heads, chunks }: Day, keep: string): Promise<number> {
  if (heads === undefined) return 0;
  const from = table(heads);
  for (let removed = 0; ;) {
    const gone = await db.transaction(async (sql) => {
      // The second condition is for a trace that changed meanwhile.
      const rows = await sql.rows<TraceRow>(
        `WITH chosen AS (
           SELECT h.key, h.started_us FROM ${from} h WHERE NOT ${keep} ORDER BY h.started_us, h.key LIMIT ${BATCH}
         )
         DELETE FROM ${from} h USING chosen
         WHERE h.key = chosen.key AND h.started_us = chosen.started_us AND NOT ${keep}
         RETURNING h.key, h.started_us`,
      );
      if (chunks !== undefined) await deleteChunks(sql, rows, table(chunks));
      await markStale(
        sql,
        rows.map((row) => row.started_us),
      );
      return rows.length;
    });
    removed += gone;
    if (gone < BATCH) return removed;
  }
}

/** Deletes the heads and chunks of these traces, in the caller's transaction, and marks their sums. */
export async function deleteTraces(sql: Sql, rows: readonly TraceRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const gone = await sql.rows<TraceRow>(
    `DELETE FROM nestjs_traces.heads WHERE key = ANY ($1) AND started_us >= $2 AND started_us <= $3
     RETURNING key, started_us`,
    [rows.map(({ key }) => key), ...spanOf(rows)],
  );
  await deleteChunks(sql, rows);
  await markStale(
    sql,
    gone.map((row) => row.started_us),
  );
  return gone.length;
}

/** A statement of its own after that of the heads: it has the chunks that another transaction stored meanwhile. */
async function deleteChunks(sql: Sql, rows: readonly TraceRow[], from = 'nestjs_traces.chunks'): Promise<void> {
  if (rows.length === 0) return;
  await sql.run(`DELETE FROM ${from} WHERE key = ANY ($1) AND started_us >= $2 AND started_us <= $3`, [
    rows.map(({ key }) => key),
    ...spanOf(rows),
  ]);
}

/** First and last start: it lets PostgreSQL leave out the partitions of other days. */
export function spanOf(rows: readonly TraceRow[]): [Micros, Micros] {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { started_us: at } of rows) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return [first, last];
}
