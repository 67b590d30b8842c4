import type { ByteRanges } from '../catalog/tables/byte-ranges.js';
import type { Overwrite } from '../journal/write/overwrite.js';
import type { TraceStatus } from '../model/status.js';

/** Lines of a trace in one segment, and what decides whether the trace stays. */
export interface ExtentRow {
  trace: number;
  byte_ranges: Uint8Array;
  key: string;
  status: TraceStatus;
  errors: number;
  started_us: number;
  last_us: number;
}

/** Changes that overwrite the lines of `ranges` with blanks. */
export function* blankLines(ranges: ByteRanges): Generator<Overwrite> {
  for (let i = 0; i + 1 < ranges.length; i += 2) yield { offset: ranges[i]!, length: ranges[i + 1]! };
}
