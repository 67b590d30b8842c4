import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { decodeLines } from '../../catalog/indexer/lines.js';
import { TraceCollectorError } from '../../model/errors.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import { CHUNK_CODEC } from '../../shared/chunk.js';
import type { Sql } from '../connection/database.js';
import { pgText } from '../connection/pg-text.js';
import { NEWEST_FIRST, tags } from './conditions.js';
import { SHOWN_COLUMNS, shownHead, WITH_LIVE, type ShownRow } from './shown-head.js';
import { Statement } from './statement.js';

/** Traces whose chunks one statement reads: some have megabytes. */
const TRACES_AT_ONCE = 50;
const EVER = Number.MAX_SAFE_INTEGER;

const WHEN = 'h.started_us >= :since AND h.started_us <= :until';
const HEADS_BY_ID = new Statement(
  `${WITH_LIVE} SELECT ${SHOWN_COLUMNS}, h.tags FROM (
    SELECT h.* FROM nestjs_traces.heads h WHERE h.trace_id = ANY (:ids) AND ${WHEN}
    UNION ALL
    SELECT h.* FROM nestjs_traces.heads h WHERE h.tags && :oldTags AND h.trace_id <> ALL (:ids) AND ${WHEN}) h
  ${NEWEST_FIRST}`,
);
/** In all partitions: a chunk of a trace whose start was not known is in that of its first record. */
const CHUNKS = new Statement(
  `SELECT c.key, c.codec, c.body FROM nestjs_traces.chunks c WHERE c.key = ANY (:keys) ORDER BY c.key, c.source, c.seq`,
);

interface ChunkRow {
  key: TraceKey;
  codec: number;
  body: Buffer;
}

const unpack = promisify(brotliDecompress);

/** The traces with these ids, or that had them before their contact was known, in the order asked. */
export async function storedTraces(sql: Sql, traceIds: readonly string[]): Promise<StoredTrace[]> {
  const heads = await headsOf(sql, [...new Set(traceIds)]);
  const keys = [...new Set(Array.from(heads.values(), ({ key }) => key))];
  const records = new Map<TraceKey, TraceRecord[]>();
  for (let at = 0; at < keys.length; at += TRACES_AT_ONCE) {
    const lines = await linesOf(sql, keys.slice(at, at + TRACES_AT_ONCE));
    for (const [key, bytes] of lines) records.set(key, await decodeLines(bytes));
  }
  return traceIds.flatMap((id) => {
    const head = heads.get(id);
    return head ? [withRecords(head, records.get(head.key) ?? [])] : [];
  });
}

/** The lines of each trace that has chunks. @throws TraceCollectorError `DATA_NEWER` */
export async function linesOf(sql: Sql, keys: readonly TraceKey[]): Promise<Map<TraceKey, Buffer>> {
  const lines = new Map<TraceKey, Buffer[]>();
  for (const { key, codec, body } of await CHUNKS.rows<ChunkRow>(sql, { keys })) {
    if (codec !== CHUNK_CODEC) throw newer(codec);
    const known = lines.get(key);
    // Damaged bytes are left out, as a damaged line of a segment is.
    const bytes = await unpack(body).catch(() => Buffer.alloc(0));
    if (known) known.push(bytes);
    else lines.set(key, [bytes]);
  }
  return new Map(Array.from(lines, ([key, parts]) => [key, parts.length === 1 ? parts[0]! : Buffer.concat(parts)]));
}

/** The row has the first 500 characters of the message, the records have all of them. */
function withRecords(head: TraceHead, records: TraceRecord[]): StoredTrace {
  const identified = records.findLast((record) => record.kind === 'identify');
  return { head: { ...head, message: identified ? (identified.message ?? null) : head.message }, records };
}

type FoundRow = ShownRow & { tags: string[] };

async function headsOf(sql: Sql, ids: readonly string[]): Promise<Map<string, TraceHead>> {
  const found = new Map<string, TraceHead>();
  // An id contains the time at which its trace began, which leaves few partitions.
  const dated = ids.flatMap((id) => momentOfTraceId(id) ?? []);
  if (dated.length > 0) {
    const since = Math.min(...dated.map((moment) => moment.since));
    const until = Math.max(...dated.map((moment) => moment.until));
    await addHeads(sql, found, ids, since, until);
  }
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) await addHeads(sql, found, missing, 0, EVER);
  return found;
}

async function addHeads(
  sql: Sql,
  found: Map<string, TraceHead>,
  ids: readonly string[],
  since: number,
  until: number,
): Promise<void> {
  const params = { ids: ids.map(pgText), oldTags: tags('old', ids), since, until };
  const rows = await HEADS_BY_ID.rows<FoundRow>(sql, params);
  for (const id of ids) {
    // The rows are newest first: of two hosts' traces with one id, the newest answers.
    const [old] = tags('old', [id]);
    const row = rows.find((each) => each.trace_id === pgText(id)) ?? rows.find((each) => each.tags.includes(old!));
    if (row) found.set(id, shownHead(row));
  }
}

function newer(codec: number): TraceCollectorError {
  return new TraceCollectorError(
    'DATA_NEWER',
    `The shared store has records that a newer version wrote (codec ${codec}). Update nestjs-trace-collector here.`,
  );
}
