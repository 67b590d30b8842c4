import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { decodeLine } from '../../journal/codec/codec.js';
import { NEWLINE } from '../../journal/codec/format.js';
import { TraceCollectorError } from '../../model/errors.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import { nextTurn } from '../../model/timers.js';
import { CHUNK_CODEC } from '../../shared/chunk.js';
import type { Sql } from '../connection/database.js';

/** One batch of one source. */
export interface BatchId {
  readonly source: number;
  readonly batch: number;
}

/** What a batch has, before it is read. */
export interface BatchSize extends BatchId {
  readonly records: number;
  /** Compressed. */
  readonly bytes: number;
  /** First and last start of the traces of all these batches. */
  readonly oldest: number;
  readonly newest: number;
}

/** A batch with its records in the order in which they were written. */
export interface ReadBatch extends BatchId {
  readonly records: TraceRecord[];
}

/** `OFFSET 0`: each batch is looked up in the index, whatever the statistics of the table say. */
const CHUNKS_OF = (columns: string, first: string, last: string): string => `
  SELECT ${columns} FROM unnest($1::int[], $2::bigint[]) AS wanted (source, batch) CROSS JOIN LATERAL (
    SELECT * FROM nestjs_traces.chunks c
    WHERE c.source = wanted.source AND c.batch = wanted.batch AND c.started_us BETWEEN ${first} AND ${last} OFFSET 0) c`;

/** The days are read first, so that the partitions of others are left out. Rows of old batches may be deleted: then in all days. */
const SIZES = `
  WITH days AS MATERIALIZED (
    SELECT CASE WHEN count(*) = cardinality($1::int[]) THEN min(b.oldest_us) ELSE 0 END AS oldest,
      CASE WHEN count(*) = cardinality($1::int[]) THEN max(b.newest_us) ELSE ${Number.MAX_SAFE_INTEGER} END AS newest
    FROM unnest($1::int[], $2::bigint[]) AS wanted (source, batch)
    JOIN nestjs_traces.batches b ON b.source = wanted.source AND b.batch = wanted.batch
  )
  ${CHUNKS_OF(
    `c.source, c.batch, sum(c.records)::int AS records, sum(octet_length(c.body))::int AS bytes,
    (SELECT oldest FROM days) AS oldest, (SELECT newest FROM days) AS newest`,
    '(SELECT oldest FROM days)',
    '(SELECT newest FROM days)',
  )}
  GROUP BY c.source, c.batch ORDER BY c.source, c.batch`;

const CHUNKS = `${CHUNKS_OF('c.source, c.batch, c.key, c.codec, c.body', '$3', '$4')} ORDER BY c.source, c.batch, c.seq`;

interface ChunkRow extends BatchId {
  key: TraceKey;
  codec: number;
  body: Buffer;
}

const unpack = promisify(brotliDecompress);

/** Bytes that are decoded without a pause: about 3 ms. */
const PIECE_BYTES = 256 * 1024;

/** The batches that have records, in the order of their sources and numbers. */
export function sizesOf(sql: Sql, batches: readonly BatchId[]): Promise<BatchSize[]> {
  return sql.rows<BatchSize>(SIZES, columnsOf(batches));
}

/**
 * Reads batches that have records.
 * @throws TraceCollectorError `DATA_NEWER` for a chunk of a codec that this version does not have
 */
export async function readBatches(sql: Sql, batches: readonly BatchSize[]): Promise<ReadBatch[]> {
  const [first] = batches;
  if (!first) return [];
  const rows = await sql.rows<ChunkRow>(CHUNKS, [...columnsOf(batches), first.oldest, first.newest]);
  const read: ReadBatch[] = [];
  for (const row of rows) {
    const { source, batch } = row;
    const last = read.at(-1);
    const records = await recordsOfChunk(row);
    if (last?.source === source && last.batch === batch) for (const record of records) last.records.push(record);
    else read.push({ source, batch, records });
  }
  for (const { records } of read) records.sort((a, b) => a.seq - b.seq);
  return read;
}

async function recordsOfChunk({ key, codec, body }: ChunkRow): Promise<TraceRecord[]> {
  if (codec !== CHUNK_CODEC) {
    throw new TraceCollectorError(
      'DATA_NEWER',
      `The shared store has records that a newer version wrote (codec ${codec}). Update nestjs-trace-collector here.`,
    );
  }
  // Damaged bytes are left out, as a damaged line of a segment is.
  const lines = await unpack(body).catch(() => Buffer.alloc(0));
  const records: TraceRecord[] = [];
  for (let start = 0, pause = PIECE_BYTES; start < lines.length;) {
    const found = lines.indexOf(NEWLINE, start);
    const end = found === -1 ? lines.length : found;
    const record = decodeLine(lines, start, end);
    // The lines of an older journal have a key that is not unique.
    if (record && 'trace' in record) records.push(record.trace === key ? record : { ...record, trace: key });
    start = end + 1;
    if (start < pause) continue;
    pause = start + PIECE_BYTES;
    await nextTurn();
  }
  return records;
}

function columnsOf(batches: readonly BatchId[]): [number[], number[]] {
  return [batches.map(({ source }) => source), batches.map(({ batch }) => batch)];
}
