import type { Overwrite } from '../journal/write/overwrite.js';
import { isBeingWritten, listSegments, type SegmentInfo } from '../journal/read/segments.js';
import type { TraceKey } from '../model/record.js';
import { isFailing } from '../model/status.js';
import { Compaction } from './compaction.js';
import { deleteTraces } from '../catalog/indexer/delete-trace.js';
import { unpackByteRanges } from '../catalog/tables/byte-ranges.js';
import { blankLines, type ExtentRow } from './extents.js';
import { commitCompaction } from './commit-compaction.js';
import type { IndexTransaction } from '../catalog/tables/index-transaction.js';
import { overwriteIndexed } from '../catalog/tables/segments/segment-mark.js';
import { inReadingOrder } from '../catalog/tables/segments/segment-row.js';

export interface ClearOptions {
  keepErrors: boolean;
  /** Keys of traces that stay in any case. */
  pins: ReadonlySet<TraceKey>;
}

/**
 * Deletes ended traces, segment by segment. Active and pinned traces, and those with errors if asked for, are copied
 * forward first. In segments that a process still writes, the lines of deleted traces are overwritten with blanks. The
 * order of steps (copy, commit, name the copy, delete) makes every moment safe to die in.
 */
export function clearTraces(tx: IndexTransaction, dir: string, options: ClearOptions): { removed: number } {
  const { db } = tx;
  const removed = db.write(() => {
    const segments = inReadingOrder(listSegments(dir));
    const victims = new Set<number>();
    const forward = new Compaction(dir);
    const closed = segments.filter((segment) => !isBeingWritten(segment));
    try {
      for (const segment of segments) {
        const isClosed = closed.includes(segment);
        const blanks: Overwrite[] = [];
        for (const row of db.all<ExtentRow>('extentsOfSegment', segment.number)) {
          const ranges = unpackByteRanges(row.byte_ranges);
          const stays = row.status === 'active' || options.pins.has(row.key) || (options.keepErrors && isFailing(row));
          if (!stays) victims.add(row.trace);
          if (stays && isClosed) forward.take(segment.path, row.trace, ranges, [row.started_us, row.last_us]);
          if (!stays && !isClosed) blanks.push(...blankLines(ranges));
        }
        if (blanks.length > 0) overwriteIndexed(db, segment, blanks);
      }
      commitRows(tx, victims, closed, forward);
      tx.baselines.clear(options);
    } finally {
      forward.close();
    }
    return victims.size;
  });
  commitCompaction(db, dir);
  return { removed };
}

function commitRows(tx: IndexTransaction, victims: Set<number>, closed: SegmentInfo[], copy: Compaction): void {
  const { db } = tx;
  deleteTraces(tx, victims);
  for (const { number } of closed) {
    for (const { trace } of db.all<{ trace: number }>('extentsOfSegment', number)) {
      db.run('deleteExtent', trace, number);
    }
    db.run('markGone', number);
  }
  copy.commit(db);
}
