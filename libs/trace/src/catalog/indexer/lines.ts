import { closeSync } from 'node:fs';
import { decodeLine } from '../../journal/codec/codec.js';
import { NEWLINE } from '../../journal/codec/format.js';
import { openForReading } from '../../journal/files/private-file.js';
import { readBytes } from '../../journal/read/reader.js';
import { segmentPath } from '../../journal/read/segment-path.js';
import { inWrittenOrder, isForeign } from '../../journal/read/written-order.js';
import type { TraceRecord } from '../../model/record.js';
import { setImmediate } from '../../model/timers.js';
import type { ByteRanges } from '../tables/byte-ranges.js';

/** Lines with fewer bytes than this between them are read together. */
const GAP_BYTES = 4096;
const MAX_READ_BYTES = 1024 * 1024;

/** Reads the lines of `ranges`. Returns none when the segment is gone. */
export function readLines(path: string, ranges: ByteRanges): Buffer[] {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const lines: Buffer[] = [];
    for (let first = 0; first < ranges.length;) {
      const start = ranges[first]!;
      let last = first;
      while (last + 2 < ranges.length && joins(start, ranges, last + 2)) last += 2;
      const bytes = readBytes(fd, start, ranges[last]! + ranges[last + 1]! - start);
      for (let i = first; i <= last; i += 2)
        lines.push(bytes.subarray(ranges[i]! - start, ranges[i]! - start + ranges[i + 1]!));
      first = last + 2;
    }
    return lines;
  } finally {
    closeSync(fd);
  }
}

function joins(start: number, ranges: ByteRanges, next: number): boolean {
  const before = ranges[next - 2]! + ranges[next - 1]!;
  return ranges[next]! - before <= GAP_BYTES && ranges[next]! + ranges[next + 1]! - start <= MAX_READ_BYTES;
}

/** Reads the records of one trace, given its lines by segment. Payloads that no list needs are left out. */
export function readRecords(dir: string, extents: ReadonlyMap<number, ByteRanges>): TraceRecord[] {
  return Array.from(extents).flatMap(([segment, ranges]) => {
    const path = segmentPath(dir, segment);
    const lines = path ? readLines(path, ranges) : [];
    return lines.flatMap((line) => {
      const record = decodeLine(line, 0, line.length - 1, true);
      return record && 'trace' in record ? [record] : [];
    });
  });
}

/** Bytes that are decoded without a pause: about 3 ms. */
const PIECE_BYTES = 256 * 1024;

/**
 * Decodes lines to records, in the order in which they were written. A record that was copied and not yet deleted counts
 * once, and so do the ends that several processes wrote for a trace whose process died. A trace of many megabytes is decoded
 * in pieces, between which the thread serves requests.
 */
export async function decodeLines(bytes: Uint8Array): Promise<TraceRecord[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = new Map<number, TraceRecord>();
  for (let start = 0, pause = PIECE_BYTES; start < buffer.length;) {
    const found = buffer.indexOf(NEWLINE, start);
    const end = found === -1 ? buffer.length : found;
    const record = decodeLine(buffer, start, end);
    if (record && 'trace' in record) records.set(isForeign(record) ? -1 : record.seq, record);
    start = end + 1;
    if (start < pause) continue;
    pause = start + PIECE_BYTES;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return inWrittenOrder([...records.values()], (record) => record);
}
