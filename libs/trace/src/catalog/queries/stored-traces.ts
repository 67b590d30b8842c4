import { segmentPath } from '../../journal/read/segment-path.js';
import type { StoredLines, StoredPage } from '../catalog.api.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { readLines } from '../indexer/lines.js';
import { unpackByteRanges } from '../tables/byte-ranges.js';
import { headOf } from '../tables/trace-row.js';
import { traceById } from './trace-lists.js';

/** Bytes of lines in one answer, more only where one trace has more: an answer is copied between threads. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Heads and journal lines of the traces with these ids, as many as fit into one answer. */
export function storedTraces(tx: IndexTransaction, dir: string, ids: readonly string[]): StoredPage {
  const traces: StoredLines[] = [];
  let bytes = 0;
  let taken = 0;
  while (taken < ids.length && bytes < MAX_BYTES) {
    const stored = storedLines(tx, dir, ids[taken]!);
    taken += 1;
    if (!stored) continue;
    traces.push(stored);
    bytes += stored.lines.length;
  }
  return { traces, taken };
}

function storedLines(tx: IndexTransaction, dir: string, traceId: string): StoredLines | undefined {
  const trace = traceById(tx, traceId);
  if (!trace) return undefined;
  const lines = tx.db
    .all<{ segment: number; byte_ranges: Uint8Array }>('extents', trace.id)
    .flatMap(({ segment, byte_ranges: packed }) => {
      const path = segmentPath(dir, segment);
      return path ? readLines(path, unpackByteRanges(packed)) : [];
    });
  return { head: headOf(trace), lines: new Uint8Array(Buffer.concat(lines)) };
}
