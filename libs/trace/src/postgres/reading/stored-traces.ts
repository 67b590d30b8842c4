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

/** By the id that the trace has; an id contains the time at which its trace began, which leaves few partitions. */
const HEADS_BY_ID = new Statement(
  `${WITH_LIVE} SELECT ${SHOWN_COLUMNS}, '{}'::text[] AS tags FROM nestjs_traces.heads h
   WHERE h.trace_id = ANY (:ids) AND h.started_us >= :since AND h.started_us <= :until ${NEWEST_FIRST}`,
);
/** In all partitions, and by the ids that traces had before. */
const HEADS_BY_ANY_ID = new Statement(
  `${WITH_LIVE} SELECT ${SHOWN_COLUMNS}, h.tags FROM (
    SELECT h.* FROM nestjs_traces.heads h WHERE h.trace_id = ANY (:ids)
    UNION ALL
    SELECT h.* FROM nestjs_traces.heads h WHERE h.tags && :oldTags AND h.trace_id <> ALL (:ids)) h
  ${NEWEST_FIRST}`,
);
/** In all later partitions: a chunk of a trace whose start was not known is in that of its first record. */
const CHUNKS = new Statement(
  `SELECT c.key, c.codec, c.body FROM nestjs_traces.chunks c WHERE c.key = ANY (:keys) AND c.started_us >= :since
   ORDER BY c.key, c.source, c.seq`,
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
  const traces = [...new Map(Array.from(heads.values(), (head) => [head.key, head])).values()];
  const records = new Map<TraceKey, TraceRecord[]>();
  for (let at = 0; at < traces.length; at += TRACES_AT_ONCE) {
    const some = traces.slice(at, at + TRACES_AT_ONCE);
    const lines = await linesOf(sql, some);
    for (const [key, bytes] of lines) records.set(key, await decodeLines(bytes));
  }
  return traceIds.flatMap((id) => {
    const head = heads.get(id);
    return head ? [withRecords(head, records.get(head.key) ?? [])] : [];
  });
}

/** The lines of each trace that has chunks. @throws TraceCollectorError `DATA_NEWER` */
export async function linesOf(
  sql: Sql,
  traces: readonly Pick<TraceHead, 'key' | 'startedAt'>[],
): Promise<Map<TraceKey, Buffer>> {
  const lines = new Map<TraceKey, Buffer[]>();
  const params = {
    keys: traces.map(({ key }) => key),
    since: traces.reduce((first, { startedAt }) => Math.min(first, startedAt), EVER),
  };
  for (const { key, codec, body } of await CHUNKS.rows<ChunkRow>(sql, params)) {
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
  const moments = ids.flatMap((id) => momentOfTraceId(id) ?? []);
  if (moments.length > 0) {
    const since = Math.min(...moments.map((moment) => moment.since));
    const until = Math.max(...moments.map((moment) => moment.until));
    addHeads(found, ids, await HEADS_BY_ID.rows<FoundRow>(sql, { ids: ids.map(pgText), since, until }));
  }
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) {
    const params = { ids: missing.map(pgText), oldTags: tags('old', missing) };
    addHeads(found, missing, await HEADS_BY_ANY_ID.rows<FoundRow>(sql, params));
  }
  return found;
}

/** @param rows newest first: of two hosts' traces with one id, the newest answers */
function addHeads(found: Map<string, TraceHead>, ids: readonly string[], rows: readonly FoundRow[]): void {
  for (const id of ids) {
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
