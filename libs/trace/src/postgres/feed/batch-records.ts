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
}

/** First and last day that the chunks of some batches are in. */
export interface DaySpan {
  readonly oldest: number;
  readonly newest: number;
}

const DAYS = `
  SELECT min(b.oldest_us) AS oldest, max(b.newest_us) AS newest, count(*) AS n
  FROM unnest($1::int[], $2::bigint[]) AS wanted (source, batch)
  JOIN nestjs_traces.batches b ON b.source = wanted.source AND b.batch = wanted.batch`;

/** `OFFSET 0`: each batch is looked up in the index, whatever the statistics of the table say. */
const CHUNKS_OF = (columns: string): string => `
  SELECT ${columns} FROM unnest($1::int[], $2::bigint[]) AS wanted (source, batch) CROSS JOIN LATERAL (
    SELECT * FROM nestjs_traces.chunks c
    WHERE c.source = wanted.source AND c.batch = wanted.batch AND c.started_us BETWEEN $3 AND $4 OFFSET 0) c`;

const SIZES = `${CHUNKS_OF('c.source, c.batch, sum(c.records)::int AS records, sum(octet_length(c.body))::int AS bytes')}
  GROUP BY c.source, c.batch ORDER BY c.source, c.batch`;

const CHUNKS = `${CHUNKS_OF('c.source, c.batch, c.key, c.codec, c.body')} ORDER BY c.source, c.batch, c.seq`;

const EVER: DaySpan = { oldest: 0, newest: Number.MAX_SAFE_INTEGER };

interface ChunkRow extends BatchId {
  key: TraceKey;
  codec: number;
  body: Buffer;
}

const unpack = promisify(brotliDecompress);

/** Bytes that are decoded without a pause: about 3 ms. */
const PIECE_BYTES = 256 * 1024;

/** The days to look into. Rows of batches that are older than a day may be deleted: then in all. */
export async function daysOf(sql: Sql, batches: readonly BatchId[]): Promise<DaySpan> {
  const [row] = await sql.rows<DaySpan & { n: number }>(DAYS, columnsOf(batches));
  return row!.n < batches.length ? EVER : row!;
}

/** The batches that have records, in the order of their sources and numbers. */
export function sizesOf(sql: Sql, batches: readonly BatchId[], { oldest, newest }: DaySpan): Promise<BatchSize[]> {
  return sql.rows<BatchSize>(SIZES, [...columnsOf(batches), oldest, newest]);
}

/**
 * The records of each batch in the order in which they were written.
 * @throws TraceCollectorError `DATA_NEWER` for a chunk of a codec that this version does not have
 */
export async function recordsOfBatches(
  sql: Sql,
  batches: readonly BatchId[],
  { oldest, newest }: DaySpan,
): Promise<(BatchId & { records: TraceRecord[] })[]> {
  const rows = await sql.rows<ChunkRow>(CHUNKS, [...columnsOf(batches), oldest, newest]);
  const read: (BatchId & { records: TraceRecord[] })[] = [];
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
