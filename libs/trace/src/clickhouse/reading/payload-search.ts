import { isWritten } from '../../catalog/queries/payload-pattern.js';
import { pageOf } from '../../catalog/queries/trace-lists.js';
import { inJson } from '../../model/text.js';
import { performance } from '../../model/timers.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { TraceHead, TracePage } from '../../model/trace.js';
import { cleanText } from '../connection/clean-text.js';
import type { ClickHouse } from '../connection/click-house.js';
import { recordsIn } from './chunk-lines.js';
import { conditionsOf } from './conditions.js';
import { findHeads } from './found-heads.js';
import { listHeads, placeOf, spanOf, windowsOf, within, type Span } from './list-page.js';

/** Milliseconds that a search of payloads may take while a person waits. */
const BUDGET_MS = 800;
/** Chunks with the text that are read of one window. */
const MAX_CHUNKS = 400;

const WITH_TEXT = `
SELECT key, source, seq, version, lines FROM nestjs_traces.chunks
WHERE started_us >= {from:Int64} AND started_us <= {to:Int64} AND positionCaseInsensitiveUTF8(lines, {text:String}) > 0
ORDER BY started_us DESC LIMIT {chunks:UInt32}`;

/**
 * Adds the traces that have `q` in a payload to those that have it in their head. Windows of time are searched from the
 * newest to the oldest until the page is full or the time is used up: then the page is `partial`.
 */
export async function searchPayloads(db: ClickHouse, search: TextSearch, budgetMs = BUDGET_MS): Promise<TracePage> {
  const { limit, before, ...filter } = search;
  const deadline = performance.now() + budgetMs;
  const place = placeOf(before);
  const { q = '', ...others } = filter;
  const { sql, params } = conditionsOf(others);
  const found = new Map<TraceKey, TraceHead>();
  for (const head of await listHeads(db, filter, limit + 1, place)) found.set(head.key, head);
  const span = await spanOf(db, filter, place);
  let left: Span | undefined = span;
  let isCut = false;
  for (const window of span ? windowsOf(span) : []) {
    // Traces of the head's text that are newer than all that is left make the page certain.
    const certain = Array.from(found.values()).filter(({ startedAt }) => startedAt > left!.to).length;
    if (certain > limit) break;
    const remaining = deadline - performance.now();
    const hits = remaining > 0 ? await chunksWithText(db, window, q, remaining) : undefined;
    if (!hits) {
      isCut = true;
      break;
    }
    const keys = hits.keys.filter((key) => !found.has(key));
    if (keys.length > 0) {
      const range = within(window, place);
      const conditions = [...range.sql, 'key IN {hits:Array(String)}', ...sql];
      const heads = await findHeads(db, conditions, { ...params, ...range.params, hits: keys }, limit + 1);
      for (const head of heads) found.set(head.key, head);
    }
    left = { from: span!.from, to: window.from - 1 };
    // The rest of the window has older traces.
    if (hits.isCut) {
      isCut = true;
      break;
    }
  }
  const heads = [...found.values()].sort(newestFirst);
  const page = pageOf(heads.slice(0, limit), heads.length > limit);
  return isCut && heads.length <= limit ? { ...page, partial: true } : page;
}

/** Of a chunk that an erasure changed, older rows stay for some time. */
const NEWEST = `
SELECT key, source, seq, max(version) AS version FROM nestjs_traces.chunks
WHERE key IN {keys:Array(String)} GROUP BY key, source, seq`;

interface ChunkRow {
  key: string;
  source: string;
  seq: number;
  version: number;
  lines: string;
}

/** Traces of a window that have the text in a payload; `undefined`: there was not enough time. */
async function chunksWithText(
  db: ClickHouse,
  window: Span,
  text: string,
  withinMs: number,
): Promise<{ keys: TraceKey[]; isCut: boolean } | undefined> {
  const params = { ...window, text: cleanText(inJson(text.normalize('NFC'))), chunks: MAX_CHUNKS };
  const settings = { max_execution_time: Math.max(0.05, withinMs / 1000) };
  let rows: ChunkRow[];
  try {
    rows = await db.rows(WITH_TEXT, params, settings);
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
  const fitting = (await newestOf(db, rows)).filter(({ lines }) =>
    recordsIn(lines).some((record) => isWritten(record as TraceRecord, text)),
  );
  return { keys: [...new Set(fitting.map(({ key }) => key))], isCut: rows.length === MAX_CHUNKS };
}

async function newestOf(db: ClickHouse, rows: readonly ChunkRow[]): Promise<ChunkRow[]> {
  if (rows.length === 0) return [];
  const keys = [...new Set(rows.map(({ key }) => key))];
  const idOf = ({ key, source, seq, version }: Omit<ChunkRow, 'lines'>): string =>
    [key, source, seq, version].join(' ');
  const newest = new Set((await db.rows<Omit<ChunkRow, 'lines'>>(NEWEST, { keys })).map(idOf));
  return rows.filter((row) => newest.has(idOf(row)));
}

/** The server's `TIMEOUT_EXCEEDED`. */
function isTimeout(error: unknown): boolean {
  return ((error as Error).cause as { code?: string } | undefined)?.code === '159';
}

function newestFirst(a: TraceHead, b: TraceHead): number {
  return b.startedAt - a.startedAt || (a.key < b.key ? 1 : -1);
}
