import { originalsIn } from '../../maintenance/erase/contact-mentions.js';
import { maskLines } from '../../maintenance/erase/mask-lines.js';
import { CHUNK_CODEC, packLines, unpackLines } from '../../shared/chunk.js';
import type { Database } from '../connection/database.js';
import { markStale } from '../stats/stale.js';
import { spanOf, type TraceRow } from './delete-traces.js';
import { maskJson, maskText, textsToMask } from '../../maintenance/erase/mask-text.js';

/** What is masked in other traces. */
export interface Mentions {
  texts: readonly Buffer[];
  /** The contact, for forms of its id that are found only in the bytes. Left out: `texts` are all. */
  contactId?: string;
}

/** Compressed bytes that are read at once. */
const READ_BYTES = 8 * 1024 * 1024;
/** A row that its process changes all the time: the sweep after the acknowledgements finds it again. */
const TRIES = 3;

interface TextRow extends TraceRow {
  version: number;
  trace_id: string;
  contact_id: string;
  message_id: string | null;
  tags: string[];
  search: string;
  doc: string;
  uses: string;
}

interface ChunkRow extends TraceRow {
  source: number;
  seq: number;
  bytes: number;
}

const TEXTS = `
  SELECT key, started_us, version, trace_id, contact_id, message_id, tags, search, doc, uses FROM nestjs_traces.heads
  WHERE key = ANY ($1) AND started_us >= $2 AND started_us <= $3`;

const SET_TEXTS = `
  UPDATE nestjs_traces.heads
  SET trace_id = $4, contact_id = $5, message_id = $6, tags = $7, search = $8, doc = $9, uses = $10
  WHERE key = $1 AND started_us = $2 AND version = $3`;

/** The size of a body is in its TOAST pointer: the body is not read for it. */
const SIZES = `
  SELECT key, started_us, source, seq, octet_length(body) AS bytes FROM nestjs_traces.chunks
  WHERE key = ANY ($1) AND started_us >= $2 AND started_us <= $3 AND codec = ${CHUNK_CODEC}`;

const BODIES = `
  SELECT c.key, c.started_us, c.source, c.seq, c.body
  FROM unnest($1::text[], $2::int[], $3::bigint[]) AS wanted (key, source, seq)
  JOIN nestjs_traces.chunks c ON c.key = wanted.key AND c.source = wanted.source AND c.seq = wanted.seq
  WHERE c.started_us >= $4 AND c.started_us <= $5`;

const SET_BODY = `
  UPDATE nestjs_traces.chunks SET body = $5 WHERE key = $1 AND source = $2 AND seq = $3 AND started_us = $4`;

/** Masks texts in the rows and the records of these traces. Returns those that had one. */
export async function maskTraces(db: Database, traces: readonly TraceRow[], mentions: Mentions): Promise<TraceRow[]> {
  if (traces.length === 0) return [];
  const keys = traces.map(({ key }) => key);
  const changed: TraceRow[] = [...(await maskRows(db, keys, spanOf(traces), mentions))];
  const chunks = await db.rows<ChunkRow>(SIZES, [keys, ...spanOf(traces)]);
  for (let at = 0; at < chunks.length;) {
    const some: ChunkRow[] = [];
    for (let bytes = 0; at < chunks.length && (some.length === 0 || bytes + chunks[at]!.bytes <= READ_BYTES); at += 1) {
      some.push(chunks[at]!);
      bytes += chunks[at]!.bytes;
    }
    changed.push(...(await maskBodies(db, some, mentions)));
  }
  return changed;
}

async function maskRows(
  db: Database,
  keys: readonly string[],
  span: [number, number],
  { texts, contactId }: Mentions,
): Promise<TextRow[]> {
  const wanted = textsToMask(texts, contactId);
  const changed: TextRow[] = [];
  let left = keys;
  for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) {
    const again: string[] = [];
    for (const row of await db.rows<TextRow>(TEXTS, [left, ...span])) {
      const masked = {
        ...row,
        trace_id: maskText(row.trace_id, wanted),
        contact_id: maskText(row.contact_id, wanted),
        message_id: row.message_id === null ? null : maskText(row.message_id, wanted),
        tags: row.tags.map((tag) => maskText(tag, wanted)),
        search: maskText(row.search, wanted),
        doc: maskJson(row.doc, wanted),
        uses: maskJson(row.uses, wanted),
      };
      if (JSON.stringify(masked) === JSON.stringify(row)) continue;
      if (await setTexts(db, masked)) changed.push(row);
      else again.push(row.key);
    }
    left = again;
  }
  return changed;
}

async function setTexts(db: Database, row: TextRow): Promise<boolean> {
  const { key, started_us, version, trace_id, contact_id, message_id, tags, search, doc, uses } = row;
  return db.transaction(async (sql) => {
    const given = [key, started_us, version, trace_id, contact_id, message_id, tags, search, doc, uses];
    const done = (await sql.run(SET_TEXTS, given)) > 0;
    if (done) await markStale(sql, [started_us]);
    return done;
  });
}

async function maskBodies(
  db: Database,
  chunks: readonly ChunkRow[],
  { texts, contactId }: Mentions,
): Promise<TraceRow[]> {
  const changed: TraceRow[] = [];
  const given = [chunks.map(({ key }) => key), chunks.map(({ source }) => source), chunks.map(({ seq }) => seq)];
  const rows = await db.rows<ChunkRow & { body: Buffer }>(BODIES, [...given, ...spanOf(chunks)]);
  for (const row of rows) {
    const lines = linesOf(row.body);
    if (!lines) continue;
    const originals = contactId === undefined ? [] : originalsIn(lines, contactId);
    const masked = maskLines(lines, [...texts, ...originals]);
    if (!masked) continue;
    await db.run(SET_BODY, [row.key, row.source, row.seq, row.started_us, packLines([masked])]);
    changed.push(row);
  }
  return changed;
}

/** `undefined` for a body that is damaged: nothing can read it. */
function linesOf(body: Buffer): Buffer | undefined {
  try {
    return unpackLines(body);
  } catch {
    return undefined;
  }
}
