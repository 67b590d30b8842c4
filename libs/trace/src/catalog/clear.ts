import type { Overwrite } from '../journal/write/overwrite.js';
import { isBeingWritten, listSegments, type SegmentInfo } from '../journal/read/segments.js';
import type { TraceKey } from '../model/record.js';
import { isFailing, type TraceStatus } from '../model/status.js';
import { Compaction } from './copy-forward.js';
import { deleteTraces } from './indexer/delete-trace.js';
import { unpackByteRanges, type ByteRanges } from './tables/byte-ranges.js';
import { commitCompaction } from './finish-prune.js';
import type { IndexTransaction } from './indexer/index-transaction.js';
import { overwriteIndexed } from './tables/segment-mark.js';
import { inReadingOrder } from './tables/segment-row.js';

/** Lines of a trace in one segment, and what decides whether it stays. */
export interface ExtentRow {
  trace: number;
  spans: Uint8Array;
  key: string;
  status: TraceStatus;
  errors: number;
  started_us: number;
  last_us: number;
}

export interface ClearOptions {
  keepErrors: boolean;
  /** Keys of traces that stay in any case. */
  pins: ReadonlySet<TraceKey>;
}

/**
 * Forgets ended traces by deleting whole segments. What stays (active and pinned ones, those with errors if asked for) is copied
 * forward first; segments that somebody still writes to are blanked where needed. The order of steps makes every
 * moment safe to die in: copy, commit, name the copy, delete.
 */
export function clearTraces(ledger: IndexTransaction, dir: string, options: ClearOptions): { removed: number } {
  const { db } = ledger;
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
          const spans = unpackByteRanges(row.spans);
          const stays = row.status === 'active' || options.pins.has(row.key) || (options.keepErrors && isFailing(row));
          if (!stays) victims.add(row.trace);
          if (stays && isClosed) forward.take(segment.path, row.trace, spans, [row.started_us, row.last_us]);
          if (!stays && !isClosed) blanks.push(...lineSpans(spans));
        }
        if (blanks.length > 0) overwriteIndexed(db, segment, blanks);
      }
      commitRows(ledger, victims, closed, forward);
      ledger.baselines.clear(options);
    } finally {
      forward.close();
    }
    return victims.size;
  });
  commitCompaction(db, dir);
  return { removed };
}

/** The lines of `spans`, each to become blank. */
export function* lineSpans(spans: ByteRanges): Generator<Overwrite> {
  for (let i = 0; i + 1 < spans.length; i += 2) yield { offset: spans[i]!, length: spans[i + 1]! };
}

function commitRows(ledger: IndexTransaction, victims: Set<number>, closed: SegmentInfo[], copy: Compaction): void {
  const { db } = ledger;
  deleteTraces(ledger, victims);
  for (const { number } of closed) {
    for (const { trace } of db.all<{ trace: number }>('extentsOfSegment', number)) {
      db.run('deleteExtent', trace, number);
    }
    db.run('markGone', number);
  }
  copy.commit(db);
}
