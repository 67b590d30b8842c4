import { decodeLine } from '../../journal/codec/codec.js';
import { isWritten, payloadPattern } from '../../catalog/queries/payload-pattern.js';
import { performance } from '../../model/timers.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { Sql } from '../connection/database.js';
import type { Place } from './conditions.js';
import type { ChunkReader } from './chunk-reader.js';
import type { ShownRow } from './shown-head.js';
import type { TextIndex } from './text-index.js';
import { listRows, type Rows } from './trace-list.js';

/** Traces that are read at first: a frequent word is found in them. */
const FIRST_TRACES = 20;
/** Traces that are read at once later: about a megabyte of compressed lines. */
const MORE_TRACES = 100;

/** What a search of payloads adds to the rows that the index has found. */
export interface PayloadSearch {
  filter: TraceConditions & { q: string };
  limit: number;
  place: Place | undefined;
  texts: TextIndex;
  indexed: Rows;
  /** When the search ends, by the monotonic clock, even if not all is read. */
  deadline: number;
}

/**
 * Adds the traces that have `q` in a payload. Payloads have no index: the traces that meet the other filters are read from
 * the newest on, until the page is certain or the time is used up. Then the page is `partial`.
 */
export async function searchPayloads(
  sql: Sql,
  chunks: ChunkReader,
  search: PayloadSearch,
): Promise<Rows & { hasMore: boolean }> {
  const { filter, limit, place, texts, indexed, deadline } = search;
  const { q, ...others } = filter;
  const found = new Map(indexed.rows.map((row) => [row.key, row]));
  const matches = matcherOf(q);
  let readTo: Place | undefined = place;
  let isComplete = false;
  for (let size = FIRST_TRACES; !isComplete; size = Math.min(2 * size, MORE_TRACES)) {
    const { rows, partial } = await listRows(sql, others, size, readTo, texts);
    const unknown = rows
      .filter(({ key }) => !found.has(key))
      .map(({ key, started_us: startedAt }) => ({ key, startedAt }));
    const lines = unknown.length === 0 ? undefined : await chunks.linesOf(sql, unknown);
    for (const row of rows) {
      const bytes = lines?.get(row.key);
      if (bytes && matches(bytes)) found.set(row.key, row);
    }
    isComplete = rows.length < size && !partial;
    const last = rows.at(-1);
    if (last) readTo = { beforeUs: last.started_us, beforeKey: last.key };
    const certain = Array.from(found.values()).filter((row) => readTo && !isBehind(row, readTo)).length;
    if (certain >= limit || performance.now() >= deadline) break;
  }
  const rows = Array.from(found.values()).sort(newestFirst).slice(0, limit);
  const isFull = rows.length === limit;
  return {
    rows,
    hasMore: isFull && (found.size > limit || !isComplete),
    partial: (!isComplete || indexed.partial) && !isFull,
  };
}

/** Whether one of the lines has the text in a payload. Lines without a match of its bytes are not decoded. */
function matcherOf(q: string): (lines: Buffer) => boolean {
  const pattern = payloadPattern(q);
  return (lines) => {
    const text = lines.toString('latin1');
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const start = text.lastIndexOf('\n', match.index) + 1;
      const next = text.indexOf('\n', match.index);
      const end = next === -1 ? text.length : next;
      pattern.lastIndex = end;
      const record = decodeLine(lines, start, end);
      if (record && 'trace' in record && isWritten(record, q)) return true;
    }
    return false;
  };
}

function isBehind(row: ShownRow, { beforeUs, beforeKey }: Place): boolean {
  return row.started_us < beforeUs || (row.started_us === beforeUs && row.key < beforeKey);
}

function newestFirst(a: ShownRow, b: ShownRow): number {
  return b.started_us - a.started_us || (a.key < b.key ? 1 : -1);
}
