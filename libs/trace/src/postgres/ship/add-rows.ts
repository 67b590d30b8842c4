import type { ShipChunk, ShippedTrace } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';
import { isBadValue } from '../connection/pg-error.js';
import { upsertHeads } from '../heads/upsert-heads.js';
import { insertChunks } from './chunk-statements.js';

/** Rows of one batch. */
export interface BatchRows {
  chunks: readonly ShipChunk[];
  traces: readonly ShippedTrace[];
}

/** The source whose position was moved, and the number of the batch. */
export interface MovedSource {
  source: number;
  batch: number;
  writer: string;
  /** The process that ships is this one. */
  isLive: boolean;
}

/** Adds rows in the caller's transaction. */
export type AddRows = (sql: Sql, rows: BatchRows, moved: MovedSource) => Promise<void>;

export const addRows: AddRows = async (sql, { chunks, traces }, moved) => {
  await insertChunks(sql, chunks, moved);
  await upsertHeads(sql, traces, moved);
};

/** Trace by trace, without those that the database refuses. Returns how many records were left out. */
export async function addEachTrace(sql: Sql, { chunks, traces }: BatchRows, moved: MovedSource): Promise<number> {
  let leftOut = 0;
  for (const key of new Set([...chunks.map((chunk) => chunk.key), ...traces.map(({ head }) => head.key)])) {
    const own = {
      chunks: chunks.filter((chunk) => chunk.key === key),
      traces: traces.filter(({ head }) => head.key === key),
    };
    await sql.run('SAVEPOINT trace');
    try {
      await addRows(sql, own, moved);
    } catch (error) {
      if (!isBadValue(error)) throw error;
      await sql.run('ROLLBACK TO SAVEPOINT trace');
      leftOut += own.chunks.reduce((sum, { records }) => sum + records, 0);
    }
    await sql.run('RELEASE SAVEPOINT trace');
  }
  return leftOut;
}
