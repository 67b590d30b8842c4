import { isBeingWritten, readEnd, type SegmentInfo } from '../journal/segments.js';

const CHECK_MS = 1_000;

/**
 * Which segments can grow no more, and where they end. A position need not name those it has behind it; without this
 * it would name one more for each start of the application.
 */
export class FinishedSegments {
  private readonly ends = new Map<number, number>();
  private readonly checked = new Map<number, number>();

  /** The end of a finished segment; `undefined` while more can come. The living are looked at once a second. */
  endOf(segment: SegmentInfo): number | undefined {
    const known = this.ends.get(segment.number);
    if (known !== undefined) return known;
    const now = Date.now();
    if (now - (this.checked.get(segment.number) ?? 0) < CHECK_MS) return undefined;
    this.checked.set(segment.number, now);
    try {
      if (isBeingWritten(segment, now)) return undefined;
      // After it is known that nobody writes any more.
      const { end } = readEnd(segment.path);
      this.ends.set(segment.number, end);
      return end;
    } catch {
      return undefined;
    }
  }
}
