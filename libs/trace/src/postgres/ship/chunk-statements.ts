import { CHUNK_CODEC } from '../../shared/chunk.js';
import type { ShipChunk } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';
import { pgText } from '../connection/pg-text.js';

/** PostgreSQL takes 65,535 parameters, 8 a row. */
const ROWS = 8_000;

/** Rows as multi-row `VALUES`: an array of bodies would be sent as hexadecimal text, which takes the server 2.4 times the CPU. */
export async function insertChunks(
  sql: Sql,
  chunks: readonly ShipChunk[],
  { source, batch }: { source: number; batch: number },
): Promise<void> {
  for (let from = 0; from < chunks.length; from += ROWS) {
    const values: unknown[] = [];
    const rows: string[] = [];
    for (const { key, startedAt, seq, records, body } of chunks.slice(from, from + ROWS)) {
      const n = values.length;
      values.push(pgText(key), startedAt, source, seq, batch, records, CHUNK_CODEC, body);
      rows.push(`($${n + 1},$${n + 2},$${n + 3},$${n + 4},$${n + 5},$${n + 6},$${n + 7},$${n + 8})`);
    }
    await sql.run(
      `INSERT INTO nestjs_traces.chunks (key, started_us, source, seq, batch, records, codec, body) VALUES ${rows.join(',')}`,
      values,
    );
  }
}

const INSERT_BATCH = 'INSERT INTO nestjs_traces.batches (source, batch, oldest_us, newest_us) VALUES ($1, $2, $3, $4)';

/**
 * The days in which the chunks of a batch are. Each batch has a row, which says when it was stored; of one without chunks,
 * the days are an empty range that widens no other.
 */
export async function insertBatch(
  sql: Sql,
  chunks: readonly ShipChunk[],
  { source, batch }: { source: number; batch: number },
): Promise<void> {
  let oldest = Number.MAX_SAFE_INTEGER;
  let newest = 0;
  for (const { startedAt } of chunks) {
    oldest = Math.min(oldest, startedAt);
    newest = Math.max(newest, startedAt);
  }
  await sql.run(INSERT_BATCH, [source, batch, oldest, newest]);
}
