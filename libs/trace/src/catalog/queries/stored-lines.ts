import { segmentPath } from '../../journal/read/segment-path.js';
import { readLines } from '../indexer/lines.js';
import { unpackByteRanges } from '../tables/byte-ranges.js';
import type { IndexTransaction } from '../tables/index-transaction.js';

/** The lines of one trace, read from the journal, one after the other. */
export function storedLines({ db }: IndexTransaction, dir: string, trace: number): Uint8Array {
  const lines = db
    .all<{ segment: number; byte_ranges: Uint8Array }>('extents', trace)
    .flatMap(({ segment, byte_ranges: packed }) => {
      const path = segmentPath(dir, segment);
      return path ? readLines(path, unpackByteRanges(packed)) : [];
    });
  return new Uint8Array(Buffer.concat(lines));
}
