import { fstatSync, statSync } from 'node:fs';
import { performance } from '../../model/timers.js';
import type { OpenSegment } from './open-segment.js';

/** Changes to the file of an open segment. Names of causes in `dropped`. */
export type SegmentLoss = 'segment_removed' | 'segment_renamed' | 'segment_truncated';

/**
 * Shortest time between two checks in a stream of writes, in milliseconds. One check costs 3 µs (`stat` of the path). An
 * application with few requests writes its records in bursts that are farther apart than 5 ms: at that interval, nearly
 * each burst began with a check. What is written in this time after another program took the file is lost, and counted.
 */
export const CHECK_MS = 50;

/** Checks whether the path of the open segment still leads to the file that is written to. */
export class SegmentCheck {
  private next = 0;

  /**
   * The change to the file; `undefined`: none, or the last check was a moment ago.
   * @param gathered bytes of the segment that are not in its file yet
   */
  look(segment: OpenSegment, gathered = 0): SegmentLoss | undefined {
    const at = performance.now();
    if (at < this.next) return undefined;
    this.next = at + CHECK_MS;
    return lossOf(segment, gathered);
  }
}

/** Records are written to a removed or renamed file without an error: only a look at its path detects it. */
function lossOf({ path, fd, inode, device, offset }: OpenSegment, gathered: number): SegmentLoss | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.ino !== inode || stat.dev !== device) {
      return fstatSync(fd).nlink === 0 ? 'segment_removed' : 'segment_renamed';
    }
    return stat.size < offset - gathered ? 'segment_truncated' : undefined;
  } catch {
    // The next write meets the same trouble, and reports it.
    return undefined;
  }
}

/**
 * Number of lost records. For a truncated segment it is estimated from the missing bytes.
 * @param gathered what is not in the file yet, and so is not lost
 */
export function recordsGone(
  { fd, offset, records }: OpenSegment,
  loss: SegmentLoss,
  gathered = { bytes: 0, lines: 0 },
): number {
  const written = records - gathered.lines;
  // The header does not count.
  const own = written - 1;
  if (loss !== 'segment_truncated') return own;
  return Math.min(own, Math.ceil(written * (1 - sizeOf(fd) / (offset - gathered.bytes))));
}

function sizeOf(fd: number): number {
  try {
    return fstatSync(fd).size;
  } catch {
    return 0;
  }
}
