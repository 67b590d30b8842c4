import type { Micros, TraceKey } from '../model/record.js';
import type { SegmentInfo } from '../journal/read/segments.js';
import type { TraceHead } from '../model/trace.js';

/** A segment that is indexed up to its seal, with the size and time of its file, which no process writes to any more. */
export type FinishedSegment = Pick<SegmentInfo, 'number' | 'size' | 'mtimeMs'>;

/** State of the index, for `health`. */
export interface CatalogState {
  /** Bytes of the journal that are not indexed yet. */
  lag: number;
  /** Damaged lines. */
  corrupt: number;
  /** Records that were not written, by cause, as the journal's `gap` records count them. */
  dropped: Record<string, number>;
  /** Traces and bytes that retention deleted; absent: none. */
  pruned?: { pruned_traces: number; pruned_bytes: number };
  problems: string[];
  /** The SQLite that holds the index, e.g. `node:sqlite`. */
  sqlite: string;
}

/** Progress of an index that takes long to build. */
export interface IndexProgress {
  /** Bytes of the journal that are not indexed yet; 0: the index is complete. */
  lag: number;
  /** Bytes of the journal. */
  bytes: number;
}

/** A sentence on how much of the journal is indexed. */
export function progressText({ lag, bytes }: IndexProgress): string {
  if (lag === 0) return 'The index is complete.';
  const percent = Math.floor((1 - lag / Math.max(lag, bytes)) * 100);
  return `The index is being built: ${percent}% of the journal is in it, ${lag} bytes are not yet.`;
}

/** A trace's head and its lines as the journal holds them. The caller decodes the lines. */
export interface StoredLines {
  head: TraceHead;
  lines: Uint8Array;
}

/** Where a payload scan resumes: plain data, kept by the caller. */
export interface ScanPlace {
  /** Segments that are not read to their beginning yet, the current one first. */
  segments: number[];
  /** Byte of the current segment before which the scan goes on; `null`: its end. */
  end: number | null;
  /** Traces that were found before. */
  found: TraceKey[];
}

export interface ScanResult {
  heads: TraceHead[];
  /** `null`: everything has been read. */
  place: ScanPlace | null;
  /** No unread line is newer than this. */
  newestLeft: Micros;
}

/** Traces with their lines, as many as fit into one answer. */
export interface StoredPage {
  traces: StoredLines[];
  /** How many of the ids are answered: ask again for the others. */
  taken: number;
}
