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

/** Neighbours in the file that are closer than this are read in one go. */
const GAP_BYTES = 4096;
const MAX_READ_BYTES = 1024 * 1024;

/** The lines of `spans`, one after the other. A segment that is gone has none. */
export function readLines(path: string, spans: ByteRanges): Buffer[] {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const lines: Buffer[] = [];
    for (let first = 0; first < spans.length;) {
      const start = spans[first]!;
      let last = first;
      while (last + 2 < spans.length && joins(start, spans, last + 2)) last += 2;
      const bytes = readBytes(fd, start, spans[last]! + spans[last + 1]! - start);
      for (let i = first; i <= last; i += 2)
        lines.push(bytes.subarray(spans[i]! - start, spans[i]! - start + spans[i + 1]!));
      first = last + 2;
    }
    return lines;
  } finally {
    closeSync(fd);
  }
}

function joins(start: number, spans: ByteRanges, next: number): boolean {
  const before = spans[next - 2]! + spans[next - 1]!;
  return spans[next]! - before <= GAP_BYTES && spans[next]! + spans[next + 1]! - start <= MAX_READ_BYTES;
}

/** The records of one trace, by where its lines lie in which segment. Payloads that no list needs are left out. */
export function readRecords(dir: string, extents: ReadonlyMap<number, ByteRanges>): TraceRecord[] {
  return Array.from(extents).flatMap(([segment, spans]) => {
    const path = segmentPath(dir, segment);
    const lines = path ? readLines(path, spans) : [];
    return lines.flatMap((line) => {
      const record = decodeLine(line, 0, line.length - 1, true);
      return record && 'trace' in record ? [record] : [];
    });
  });
}

/** Bytes of lines that are decoded without a pause: about 3 ms. */
const PIECE_BYTES = 256 * 1024;

/**
 * The records in a run of lines, in the order they were written. A record that was copied and is still there twice
 * counts once, and so does the end that other processes gave to a trace whose own had died. A trace of many megabytes
 * is decoded in pieces, between which the thread that serves requests gets on with them.
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
