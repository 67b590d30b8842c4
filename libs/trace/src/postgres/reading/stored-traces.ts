import { decodeLines } from '../../catalog/indexer/lines.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { Sql } from '../connection/database.js';
import type { ChunkReader } from './chunk-reader.js';
import { pgText } from '../connection/pg-text.js';
import { NEWEST_FIRST, tags } from './conditions.js';
import { SHOWN_COLUMNS, shownHead, WITH_LIVE, type ShownRow } from './shown-head.js';
import { Statement } from './statement.js';

/** Traces whose chunks one statement reads: some have megabytes. */
const TRACES_AT_ONCE = 50;

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
/** The traces with these ids, or that had them before their contact was known, in the order asked. */
export async function storedTraces(sql: Sql, chunks: ChunkReader, traceIds: readonly string[]): Promise<StoredTrace[]> {
  const heads = await headsOf(sql, [...new Set(traceIds)]);
  const traces = [...new Map(Array.from(heads.values(), (head) => [head.key, head])).values()];
  const records = new Map<TraceKey, TraceRecord[]>();
  for (let at = 0; at < traces.length; at += TRACES_AT_ONCE) {
    const some = traces.slice(at, at + TRACES_AT_ONCE);
    const lines = await chunks.linesOf(sql, some);
    for (const [key, bytes] of lines) records.set(key, await decodeLines(bytes));
  }
  return traceIds.flatMap((id) => {
    const head = heads.get(id);
    return head ? [withRecords(head, records.get(head.key) ?? [])] : [];
  });
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
