import type { JournalRecord } from '../../model/record.js';
import type { ClickHouse } from '../connection/click-house.js';
import { recordsIn } from '../reading/chunk-lines.js';
import { IS_KEPT } from '../heads/shown.js';

/** Batches that are looked at to find the next records. */
const MAX_BATCHES = 200;

const ENDS = `
SELECT last_seq FROM nestjs_traces.batches
WHERE source = {source:String} AND last_seq > {after:Int64} ORDER BY last_seq LIMIT ${MAX_BATCHES}`;
const OLDEST_BATCH = `
SELECT min(first_seq) AS first, toInt64(count()) AS n FROM nestjs_traces.batches WHERE source = {source:String}`;
const KEYS = `
SELECT groupUniqArrayArray(keys) AS keys, min(oldest_us) AS oldest, max(newest_us) AS newest FROM nestjs_traces.batches
WHERE source = {source:String} AND last_seq > {after:Int64} AND first_seq <= {to:Int64}`;
const OF_KEYS = `
SELECT lines FROM nestjs_traces.chunks
WHERE key IN {keys:Array(String)} AND started_us >= {oldest:Int64} AND started_us <= {newest:Int64}
  AND source = {source:String} AND last_seq > {after:Int64} AND seq <= {to:Int64} AND ${IS_KEPT}
ORDER BY version DESC`;
/** Without the rows of `batches`, which are kept for a day, all chunks of the process are looked through. */
const OLD_END = `
SELECT max(last_seq) AS end, toInt64(count()) AS n FROM (
  SELECT last_seq FROM nestjs_traces.chunks
  WHERE source = {source:String} AND last_seq > {after:Int64} AND seq < {before:Int64} ORDER BY seq LIMIT {chunks:UInt32}
)`;
const OLD = `
SELECT lines FROM nestjs_traces.chunks
WHERE source = {source:String} AND last_seq > {after:Int64} AND seq <= {to:Int64} AND ${IS_KEPT} ORDER BY version DESC`;

/** The next records of one process. */
export interface SourceRecords {
  /** In the order they were written. */
  records: JournalRecord[];
  /** Number of the record up to which there are no others. */
  to: number;
}

/** Records of a process behind number `after`, up to number `until`: about `limit` of them, or some more. */
export async function readSource(
  db: ClickHouse,
  source: string,
  after: number,
  until: number,
  limit: number,
): Promise<SourceRecords> {
  const [oldest] = await db.rows<{ first: number; n: number }>(OLDEST_BATCH, { source });
  const before = oldest!.n === 0 ? until + 1 : oldest!.first;
  if (after + 1 < before) {
    const old = await readOld(db, source, after, Math.min(before, until + 1), limit);
    if (old) return old;
  }
  const ends = await db.rows<{ last_seq: number }>(ENDS, { source, after });
  const end = (ends.find(({ last_seq }) => last_seq >= after + limit) ?? ends.at(-1))?.last_seq ?? until;
  const to = Math.min(end, until);
  // Pieces that two processes cut differently overlap: a longer one may have records of this range too.
  const [place] = await db.rows<{ keys: string[]; oldest: number; newest: number }>(KEYS, { source, after, to });
  if (!place || place.keys.length === 0) return { records: [], to };
  const rows = await db.rows<{ lines: string }>(OF_KEYS, { ...place, source, after, to });
  return { records: ordered(rows, after, to), to };
}

/** Records from before the oldest batch; `undefined`: there are none. */
async function readOld(
  db: ClickHouse,
  source: string,
  after: number,
  before: number,
  limit: number,
): Promise<SourceRecords | undefined> {
  const [end] = await db.rows<{ end: number; n: number }>(OLD_END, { source, after, before, chunks: limit });
  if (end!.n === 0) return undefined;
  // Fewer chunks than were asked for: these are all.
  const to = end!.n < limit ? before - 1 : Math.min(end!.end, before - 1);
  const rows = await db.rows<{ lines: string }>(OLD, { source, after, to });
  return { records: ordered(rows, after, to), to };
}

/** Each record once, by its number. */
function ordered(rows: readonly { lines: string }[], after: number, to: number): JournalRecord[] {
  const found = new Map<number, JournalRecord>();
  for (const { lines } of rows) {
    for (const record of recordsIn(lines)) {
      if (record.seq > after && record.seq <= to && !found.has(record.seq)) found.set(record.seq, record);
    }
  }
  return [...found.values()].sort((a, b) => a.seq - b.seq);
}
