import { closeSync } from 'node:fs';
import { decodeLine } from '../journal/codec/codec.js';
import { openForReading } from '../journal/files/private-file.js';
import { readBytes } from '../journal/read/reader.js';
import { segmentPath } from '../journal/read/segment-path.js';
import type { PriceOf } from '../model/price.js';
import type { TraceKey, TraceRecord } from '../model/record.js';
import type { StoredTrace } from '../model/trace.js';
import { emptyHead, reduceHead } from '../model/trace.reducer.js';
import type { LinePlace } from './line-places.js';

/** Reads lines of segments; keeps each file open until `close`. */
export class LineReader {
  private readonly files = new Map<number, number | undefined>();

  constructor(private readonly dir: string) {}

  /** The records of a trace in their order. Lines that were erased or deleted meanwhile are left out. */
  read(key: TraceKey, places: readonly LinePlace[]): TraceRecord[] {
    return places.flatMap(({ segment, offset, length }) => {
      const fd = this.open(segment);
      if (fd === undefined) return [];
      const line = readBytes(fd, offset, length);
      const record = decodeLine(line, 0, line.length - 1);
      return record && 'trace' in record && record.trace === key ? [record] : [];
    });
  }

  close(): void {
    for (const fd of this.files.values()) if (fd !== undefined) closeSync(fd);
    this.files.clear();
  }

  private open(segment: number): number | undefined {
    if (!this.files.has(segment)) {
      const path = segmentPath(this.dir, segment);
      this.files.set(segment, path === undefined ? undefined : openForReading(path));
    }
    return this.files.get(segment);
  }
}

/** A trace of its records. */
export function traceOf(key: TraceKey, records: TraceRecord[], price: PriceOf): StoredTrace {
  const head = records.reduce((all, record) => reduceHead(all, record, price), emptyHead(key));
  return { head, records };
}
