import { mentionsOf, originalsIn } from '../../maintenance/erase/contact-mentions.js';
import { maskLines } from '../../maintenance/erase/mask-lines.js';
import { maskJson, maskValue, textsToMask } from '../../maintenance/erase/mask-text.js';
import type { TraceKey } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { ClickHouse } from '../connection/click-house.js';
import { IS_KEPT } from '../heads/shown.js';
import type { ChunkRow } from '../ship/batch-rows.js';

/** Rows that are read and written at once. */
const AT_ONCE = 200;

/** All texts of a row that can mention a contact. */
const ROW_TEXTS =
  "concat(search, '\\n', doc, '\\n', trace_id, '\\n', contact_id, '\\n', message_id, '\\n', arrayStringConcat(tags, '\\n'), '\\n', arrayStringConcat(use_name, '\\n'))";
const HEADS_WITH = `
SELECT DISTINCT started_us, key FROM nestjs_traces.heads
WHERE (key IN {linking:Array(String)} OR multiSearchAny(${ROW_TEXTS}, {texts:Array(String)})) AND ${IS_KEPT}`;
const HEADS = `
SELECT * FROM nestjs_traces.heads FINAL WHERE started_us IN {starts:Array(Int64)} AND key IN {keys:Array(String)}`;
const CHUNKS_WITH = `
SELECT DISTINCT key, source, seq FROM nestjs_traces.chunks
WHERE (key IN {linking:Array(String)} OR multiSearchAny(lines, {texts:Array(String)})) AND ${IS_KEPT}`;
const CHUNKS = `
SELECT * FROM nestjs_traces.chunks WHERE key IN {keys:Array(String)} AND seq IN {seqs:Array(Int64)} ORDER BY version DESC`;

/** Texts to mask in the traces of others. */
export interface Mentions {
  contactId: string;
  /** Ids of the contact's traces that other traces have as their link, and the keys of those. */
  linkedIds: readonly string[];
  linking: readonly TraceKey[];
}

/** What was masked. */
export interface Masking {
  days: number[];
  /** All rows were looked through. */
  done: boolean;
}

/**
 * Masks the mentions of a contact in the traces of others: rows are written again with a higher version. Looks through all
 * rows, and stops writing when the time is used up; a later call continues.
 */
export async function maskMentions(
  db: ClickHouse,
  mentions: Mentions,
  width: number,
  withinMs: number,
): Promise<Masking> {
  const deadline = performance.now() + withinMs;
  const texts = [...mentionsOf(mentions.contactId), ...mentions.linkedIds.map((id) => Buffer.from(id))];
  if (texts.length === 0) return { days: [], done: true };
  const days = new Set<number>();
  const given = { linking: mentions.linking, texts: mentionsOf(mentions.contactId).map((text) => text.toString()) };
  const places = await db.rows<{ started_us: number; key: string }>(HEADS_WITH, given);
  for (const some of groupsOf(places)) {
    if (performance.now() > deadline) return { days: [...days], done: false };
    await maskHeads(db, some, texts, mentions.contactId);
    for (const { started_us } of some) days.add(Math.floor(started_us / width));
  }
  const pieces = await db.rows<Pick<ChunkRow, 'key' | 'source' | 'seq'>>(CHUNKS_WITH, given);
  for (const some of groupsOf(pieces)) {
    if (performance.now() > deadline) return { days: [...days], done: false };
    for (const at of await maskChunks(db, some, texts, mentions.contactId)) days.add(Math.floor(at / width));
  }
  return { days: [...days], done: true };
}

async function maskHeads(
  db: ClickHouse,
  places: readonly { started_us: number; key: string }[],
  texts: readonly Buffer[],
  contactId: string,
): Promise<void> {
  const wanted = textsToMask(texts, contactId);
  const params = { starts: places.map(({ started_us }) => started_us), keys: places.map(({ key }) => key) };
  const changed: object[] = [];
  for (const row of await db.rows<Record<string, unknown> & { key: string; doc: string; edition: number }>(
    HEADS,
    params,
  )) {
    const { key, doc, edition, ...rest } = row;
    const masked = { ...(maskValue(rest, wanted) as object), key, doc: maskJson(doc, wanted) };
    if (JSON.stringify(masked) === JSON.stringify({ ...rest, key, doc })) continue;
    changed.push({ ...masked, edition: nextOf(edition, 4) });
  }
  await db.insert('heads', changed);
}

/** Returns the start times of the chunks that were changed. */
async function maskChunks(
  db: ClickHouse,
  pieces: readonly Pick<ChunkRow, 'key' | 'source' | 'seq'>[],
  texts: readonly Buffer[],
  contactId: string,
): Promise<number[]> {
  const left = new Set(pieces.map(nameOf));
  const params = { keys: [...new Set(pieces.map(({ key }) => key))], seqs: [...new Set(pieces.map(({ seq }) => seq))] };
  const changed: ChunkRow[] = [];
  for (const row of await db.rows<ChunkRow>(CHUNKS, params)) {
    // The first one of each has the highest version.
    if (!left.delete(nameOf(row))) continue;
    const lines = Buffer.from(row.lines);
    const masked = maskLines(lines, [...texts, ...originalsIn(lines, contactId)]);
    if (masked) changed.push({ ...row, lines: masked.toString(), version: nextOf(row.version, 8) });
  }
  await db.insert('chunks', changed);
  return changed.map(({ started_us }) => started_us);
}

function nameOf({ key, source, seq }: Pick<ChunkRow, 'key' | 'source' | 'seq'>): string {
  return `${key} ${source} ${seq}`;
}

/** Numbers of one group of `size` do not reach the next one. */
function nextOf(value: number, size: number): number {
  return value % size < size - 1 ? value + 1 : value;
}

function* groupsOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += AT_ONCE) yield items.slice(i, i + AT_ONCE);
}
