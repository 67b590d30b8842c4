import { segmentPath } from '../../journal/read/segment-path.js';
import { decodeLine } from '../../journal/codec/codec.js';
import { inWrittenOrder } from '../../journal/read/written-order.js';
import type { TraceRecord } from '../../model/record.js';
import { deleteTraces } from './delete-trace.js';
import { unpackByteRanges } from '../tables/byte-ranges.js';
import { IndexedTrace } from './indexed-trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { readLines } from './lines.js';

interface Found {
  record: TraceRecord;
  segment: number;
  offset: number;
  length: number;
}

/** Rebuilds the rows of a trace from its records, after lines of it were changed in the journal. */
export function reindexTrace(tx: IndexTransaction, dir: string, key: string): void {
  const row = tx.db.get<{ id: number; status: string }>('traceByKey', key);
  if (!row) return;
  const found = recordsOf(tx, dir, row.id);
  deleteTraces(tx, [row.id]);
  if (found.length === 0) return;
  const trace = IndexedTrace.load(tx, key);
  for (const { record, segment, offset, length } of found) trace.add(record, segment, offset, length);
  // No record says so: the death of its process did.
  if (row.status === 'interrupted' && trace.active) {
    trace.head.status = 'interrupted';
    trace.head.endedAt = trace.head.lastAt;
  }
  trace.save(tx);
}

function recordsOf({ db }: IndexTransaction, dir: string, id: number): Found[] {
  const found: Found[] = [];
  for (const { segment, byte_ranges: packed } of db.all<{ segment: number; byte_ranges: Uint8Array }>('extents', id)) {
    const path = segmentPath(dir, segment);
    if (!path) continue;
    const ranges = unpackByteRanges(packed);
    readLines(path, ranges).forEach((line, i) => {
      const record = decodeLine(line, 0, line.length - 1);
      if (record && 'trace' in record) found.push({ record, segment, offset: ranges[2 * i]!, length: line.length });
    });
  }
  return inWrittenOrder(found, ({ record }) => record);
}
