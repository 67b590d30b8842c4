import { SegmentReader } from '../journal/read/reader.js';
import type { SegmentInfo } from '../journal/read/segments.js';
import type { TraceKey } from '../model/record.js';
import { writerNumber } from '../model/trace-key.js';
import { WriterChains } from '../pipeline/writer-chains.js';
import type { TracePlaces } from './line-places.js';

/** Bytes of one writer that are searched at most; reading them takes about a second. */
const MAX_SEARCHED = 128 * 1024 * 1024;

/**
 * Finds the earlier lines of traces whose begin was not seen: another process read it, or this one before it was started again.
 * They are in the segments of the trace's own process. Searches from the newest one back until it has all begins.
 */
export function findLines(dir: string, traces: ReadonlyMap<TraceKey, TracePlaces>): void {
  const chains = [...new WriterChains(dir).list().values()];
  for (const number of new Set([...traces.keys()].map(writerNumber))) {
    const wanted = new Map([...traces].filter(([key]) => writerNumber(key) === number));
    let searched = 0;
    for (const file of (chains.find(({ identity }) => identity.number === number)?.segments ?? []).toReversed()) {
      if (searched >= MAX_SEARCHED || [...wanted.values()].every(({ isWhole }) => isWhole)) break;
      search(file, wanted);
      searched += file.size;
    }
  }
}

function search(file: SegmentInfo, wanted: ReadonlyMap<TraceKey, TracePlaces>): void {
  let reader: SegmentReader;
  try {
    reader = new SegmentReader(file.path, { to: file.size, head: true });
  } catch {
    // Deleted meanwhile.
    return;
  }
  try {
    for (let next = reader.next(); next; next = reader.next()) {
      const { record, offset, length } = next;
      if ('trace' in record) wanted.get(record.trace)?.add(record, { segment: file.number, offset, length });
    }
  } finally {
    reader.close();
  }
}
