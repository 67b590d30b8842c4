import { MAX_SEGMENT_BYTES } from '../../journal/codec/format.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import type { SegmentRow } from '../../catalog/tables/segments/segment-row.js';

/** How much of the past is kept; times in milliseconds. */
export interface RetentionLimits {
  maxAgeMs: number;
  /** Bytes of all segments together. */
  maxBytes: number;
  /** Age of traces with errors. */
  errorMaxAgeMs: number;
}

/** Share of `maxBytes` for traces with errors that outlive `maxAgeMs`: a flood of them would take all the space. */
const KEPT_SHARE = 0.25;

/** Segments in `maxBytes`, at least: retention deletes whole ones, and not the one that is being written. */
const MIN_SEGMENTS = 16;
const MIN_SEGMENT_BYTES = 256 * 1024;

/** The size of a segment for these limits, in bytes. */
export function segmentBytesFor(limits: Pick<RetentionLimits, 'maxBytes'> | undefined): number {
  const share = Math.floor((limits?.maxBytes ?? Number.MAX_SAFE_INTEGER) / MIN_SEGMENTS);
  return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, share));
}

/**
 * The segment to delete next; `undefined` when all is within the limits. The age of a segment is that of its newest record.
 * `files` are in the order of their numbers; `mayGo` is called only for segments that are due.
 */
export function chooseSegment(
  files: readonly SegmentInfo[],
  rows: ReadonlyMap<number, Pick<SegmentRow, 'newest'>>,
  limits: RetentionLimits,
  nowMs: number,
  mayGo: (file: SegmentInfo) => boolean,
): SegmentInfo | undefined {
  const newestMs = (file: SegmentInfo): number => (rows.get(file.number)?.newest ?? 0) / 1000 || file.mtimeMs;
  const isOld = (file: SegmentInfo): boolean =>
    newestMs(file) < nowMs - (file.kept ? limits.errorMaxAgeMs : limits.maxAgeMs);
  const old = files.find((file) => isOld(file) && mayGo(file));
  if (old) return old;

  if (bytesOf(files) <= limits.maxBytes) return undefined;
  const kept = files.filter((file) => file.kept);
  const others = files.filter((file) => !file.kept);
  const [first, second] = bytesOf(kept) > limits.maxBytes * KEPT_SHARE ? [kept, others] : [others, kept];
  return first.find(mayGo) ?? second.find(mayGo);
}

function bytesOf(files: readonly SegmentInfo[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
