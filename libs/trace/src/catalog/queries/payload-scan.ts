import { closeSync } from 'node:fs';
import { decodeLine } from '../../journal/codec/codec.js';
import { NEWLINE } from '../../journal/codec/format.js';
import { openForReading } from '../../journal/files/private-file.js';
import { readBytes, readInto } from '../../journal/read/reader.js';
import { listSegments } from '../../journal/read/segments.js';
import type { Micros, TraceKey } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TraceHead } from '../../model/trace.js';
import type { ScanPlace, ScanResult } from '../catalog.api.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { isWritten, payloadPattern } from './payload-pattern.js';
import { paramsOf } from './trace-lists.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';
import { segmentRows, type SegmentRow } from '../tables/segments/segment-row.js';

/** Bytes read at once: hundreds of megabytes pass through this buffer. */
const CHUNK_BYTES = 256 * 1024;
const chunkBuffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
/** Time from the beginning of a trace to its last record: `lifecycle.maxMs`, whose default is 10 minutes. */
const MAX_TRACE_US = 600_000_000;
const TRACE = /"trace":"([^"\\]+)"/;
const TS = /"ts":(\d+)/;

/**
 * Searches the payloads, which have no index, for `filter.q`: from the newest line backwards, for about `forMs`. The lines of
 * a segment are in the order of time, so a frequent word is found at once.
 */
export function scanPayloads(
  tx: IndexTransaction,
  dir: string,
  filter: TraceConditions,
  before: string | undefined,
  from: ScanPlace | undefined,
  forMs: number,
): ScanResult {
  const { db } = tx;
  const params = paramsOf(tx, { ...filter, q: undefined }, 1, before);
  if (!params) return { heads: [], place: null, newestLeft: 0 };
  const rows = segmentRows(db);
  const paths = new Map(listSegments(dir).map(({ number, path }) => [number, path]));
  const place = from ?? firstPlace([...rows.values()], params.since, params.beforeUs);
  const known = new Set(place.found);
  const pattern = payloadPattern(filter.q!);
  const heads: TraceHead[] = [];
  const deadline = performance.now() + forMs;
  let newestLeft = 0;
  while (place.segments.length > 0) {
    const number = place.segments[0]!;
    const row = rows.get(number);
    const path = paths.get(number);
    const chunk =
      row && path && row.gone === 0 ? readChunk(path, Math.min(place.end ?? row.read, row.read)) : undefined;
    if (chunk) {
      for (const key of matches(chunk.lines, pattern, filter.q!, known)) {
        const [hit] = db.all<TraceRow>('traceIfMatches', { ...params, key });
        if (hit) heads.push(headOf(hit));
      }
      place.end = chunk.start;
      // A copied segment is in the order of traces, not of time.
      newestLeft = row!.kept ? row!.newest : chunk.firstTs;
    }
    if (!chunk || chunk.start === 0) {
      place.segments.shift();
      place.end = null;
      newestLeft = 0;
    }
    if (performance.now() >= deadline) break;
  }
  for (const number of place.segments.slice(place.end === null ? 0 : 1)) {
    newestLeft = Math.max(newestLeft, rows.get(number)?.newest ?? 0);
  }
  place.found = [...known];
  return { heads, place: place.segments.length === 0 ? null : place, newestLeft };
}

/** All segments that may contain a line of a trace that began in this time, those with the newest lines first. */
function firstPlace(rows: SegmentRow[], since: Micros, before: Micros): ScanPlace {
  const fitting = rows.filter(({ oldest, newest }) => newest >= since && oldest <= before + MAX_TRACE_US);
  const segments = fitting.sort((a, b) => b.newest - a.newest || b.number - a.number).map(({ number }) => number);
  return { segments, end: null, found: [] };
}

/** The whole lines right before `end`, and their first byte. */
function readChunk(path: string, end: number): { lines: Buffer; start: number; firstTs: Micros } {
  const fd = openForReading(path);
  try {
    for (let size = CHUNK_BYTES; ; size *= 2) {
      const at = Math.max(0, end - size);
      const bytes = size === CHUNK_BYTES ? readInto(chunkBuffer, fd, at, end - at) : readBytes(fd, at, end - at);
      const first = at === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
      // The line is longer than the chunk: reads a larger one.
      if (at > 0 && (first === 0 || first >= bytes.length)) continue;
      const lines = bytes.subarray(first);
      const stamp = TS.exec(lines.toString('latin1', 0, 100));
      return { lines, start: at + first, firstTs: stamp ? Number(stamp[1]) : Number.MAX_SAFE_INTEGER };
    }
  } finally {
    closeSync(fd);
  }
}

/** Keys of traces that have the text in a payload of these lines and are not known yet. */
function* matches(lines: Buffer, pattern: RegExp, q: string, known: Set<TraceKey>): Generator<TraceKey> {
  const text = lines.toString('latin1');
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const start = text.lastIndexOf('\n', match.index) + 1;
    const found = text.indexOf('\n', match.index);
    const end = found === -1 ? text.length : found;
    pattern.lastIndex = end;
    const key = TRACE.exec(text.slice(start, start + 200))?.[1];
    if (key === undefined || known.has(key)) continue;
    const record = decodeLine(lines, start, end);
    if (!record || !('trace' in record) || !isWritten(record, q)) continue;
    known.add(record.trace);
    yield record.trace;
  }
}
