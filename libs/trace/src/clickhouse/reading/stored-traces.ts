import { inWrittenOrder } from '../../journal/read/written-order.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import { tagOf } from '../../shared/tags.js';
import { cleanText } from '../connection/clean-text.js';
import type { ClickHouse } from '../connection/click-house.js';
import { recordsIn } from './chunk-lines.js';
import { findCandidates, headsAt } from './found-heads.js';

/** Traces whose records are read at once. */
const AT_ONCE = 50;
/** Traces that may have one id: two hosts can make the same one. */
const SAME_ID = 10;

const CHUNKS = `
SELECT key, source, lines FROM nestjs_traces.chunks
WHERE key IN {keys:Array(String)} ORDER BY key, source, version DESC, seq`;

/** The traces with these ids, or that had them before they were identified, in the order asked. */
export async function storedTraces(db: ClickHouse, ids: readonly string[]): Promise<StoredTrace[]> {
  const traces: StoredTrace[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const heads = await headsOf(db, ids.slice(i, i + AT_ONCE));
    const records = await recordsOf(
      db,
      heads.map(({ key }) => key),
    );
    traces.push(...heads.map((head) => stored(head, records.get(head.key) ?? [])));
  }
  return traces;
}

async function headsOf(db: ClickHouse, ids: readonly string[]): Promise<TraceHead[]> {
  const found = await headsWithIds(db, ids);
  return ids.flatMap((id) => {
    const clean = cleanText(id);
    const now = found.find(({ head }) => head.traceId === clean);
    return (now ?? found.find(({ old }) => old.includes(clean)))?.head ?? [];
  });
}

/** Traces that have one of these ids, or had it, newest first: two hosts can make the same one. */
export async function headsWithIds(
  db: ClickHouse,
  ids: readonly string[],
): Promise<{ head: TraceHead; old: readonly string[] }[]> {
  const clean = ids.map(cleanText);
  const params = { ids: clean, olds: clean.map((id) => tagOf('old', id)), ...timesOf(ids) };
  const limit = ids.length * SAME_ID;
  const [byId, byOld] = await Promise.all([
    findCandidates(db, [IN_TIME, 'trace_id IN {ids:Array(String)}'], params, limit),
    findCandidates(db, [IN_TIME, 'hasAny(tags, {olds:Array(String)})'], params, limit),
  ]);
  const heads = await headsAt(db, [...byId, ...byOld]);
  const olds = byOld.length === 0 ? [] : await db.rows<{ key: string; olds: string[] }>(OLD_IDS, params);
  const oldIds = new Map(olds.map((row) => [row.key, row.olds.map((tag) => tag.slice(OLD.length))]));
  return heads.map((head) => ({ head, old: oldIds.get(head.key) ?? [] }));
}

const OLD = tagOf('old', '');
const IN_TIME = 'started_us >= {from:Int64} AND started_us <= {to:Int64}';
const OLD_IDS = `
SELECT key, arrayFilter(tag -> has({olds:Array(String)}, tag), tags) AS olds FROM nestjs_traces.heads
WHERE ${IN_TIME} AND hasAny(tags, {olds:Array(String)})`;

/** The time in which all of these traces began: their ids have it, in some time zone. */
function timesOf(ids: readonly string[]): { from: number; to: number } {
  const moments = ids.map(momentOfTraceId);
  const known = moments.filter((moment) => moment !== undefined);
  if (known.length < moments.length) return { from: 0, to: Number.MAX_SAFE_INTEGER };
  return {
    from: Math.min(...known.map(({ since }) => since)),
    to: Math.max(...known.map(({ until }) => until)),
  };
}

/** Records by the key of their trace. Pieces that two processes cut differently overlap: each record is taken once. */
export async function recordsOf(db: ClickHouse, keys: readonly TraceKey[]): Promise<Map<TraceKey, TraceRecord[]>> {
  const found = new Map<TraceKey, Map<string, TraceRecord>>();
  if (keys.length === 0) return new Map();
  const rows = await db.rows<{ key: string; source: string; lines: string }>(CHUNKS, { keys });
  for (const { key, source, lines } of rows) {
    let records = found.get(key);
    if (!records) found.set(key, (records = new Map()));
    for (const record of recordsIn(lines)) {
      const id = `${source}:${record.seq}`;
      if (!records.has(id)) records.set(id, record as TraceRecord);
    }
  }
  return new Map(Array.from(found, ([key, records]) => [key, inWrittenOrder([...records.values()], (each) => each)]));
}

/** The row has the first characters of the message, its records have all of them. */
function stored(head: TraceHead, records: TraceRecord[]): StoredTrace {
  const identified = records.findLast((record) => record.kind === 'identify');
  return { head: { ...head, message: identified ? (identified.message ?? null) : head.message }, records };
}
