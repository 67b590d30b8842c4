import { MAX_SEGMENT_BYTES } from '../../journal/codec/format.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import type { SegmentRow } from '../../catalog/tables/segments/segment-row.js';

/** How much of the past is kept; times in milliseconds. */
export interface RetentionLimits {
  maxAgeMs: number;
  /** Of all segments together. */
  maxBytes: number;
  /** For traces with errors. */
  errorMaxAgeMs: number;
}

/** Of `maxBytes`: errors kept for longer may take so much and no more, or a flood of them would leave room for nothing. */
const KEPT_SHARE = 0.25;

/** Sixteen segments at least: retention goes by whole ones, and the one being written to cannot go. */
const MIN_SEGMENTS = 16;
const MIN_SEGMENT_BYTES = 256 * 1024;

/** A segment's size that suits the limits. */
export function segmentBytesFor(limits: Pick<RetentionLimits, 'maxBytes'> | undefined): number {
  const share = Math.floor((limits?.maxBytes ?? Number.MAX_SAFE_INTEGER) / MIN_SEGMENTS);
  return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, share));
}

/**
 * The segment to go next, `undefined` when all is within the limits. Age goes by the newest record in it. `files` in
 * the order of their numbers; `isClosed` is asked only of those that would go.
 */
export function chooseSegment(
  files: readonly SegmentInfo[],
  rows: ReadonlyMap<number, Pick<SegmentRow, 'newest'>>,
  limits: RetentionLimits,
  nowMs: number,
  isClosed: (file: SegmentInfo) => boolean,
): SegmentInfo | undefined {
  const newestMs = (file: SegmentInfo): number => (rows.get(file.number)?.newest ?? 0) / 1000 || file.mtimeMs;
  const isOld = (file: SegmentInfo): boolean =>
    newestMs(file) < nowMs - (file.kept ? limits.errorMaxAgeMs : limits.maxAgeMs);
  const old = files.find((file) => isOld(file) && isClosed(file));
  if (old) return old;

  if (bytesOf(files) <= limits.maxBytes) return undefined;
  const kept = files.filter((file) => file.kept);
  const others = files.filter((file) => !file.kept);
  const [first, second] = bytesOf(kept) > limits.maxBytes * KEPT_SHARE ? [kept, others] : [others, kept];
  return first.find(isClosed) ?? second.find(isClosed);
}

function bytesOf(files: readonly SegmentInfo[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
