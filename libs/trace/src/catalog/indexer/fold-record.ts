import type { PriceOf } from '../../model/price.js';
import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { reduceHead } from '../../model/trace.reducer.js';

/**
 * Adds a record to the head of a trace whose first records may be gone, and whose process may have been taken for dead.
 * @param isFirst no record was added before
 */
export function foldRecord(head: TraceHead, record: TraceRecord, isFirst: boolean, prices: PriceOf): void {
  // Its first records were lost or pruned: it begins with the first one left.
  if (isFirst && record.kind !== 'open') head.startedAt = head.lastAt = record.ts;
  // The process was considered dead and goes on: it was out of sight for a while.
  if (head.status === 'interrupted' && record.kind !== 'end' && !('late' in record && record.late)) {
    head.status = 'active';
    head.endedAt = null;
  }
  reduceHead(head, record, prices);
}
