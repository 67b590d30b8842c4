import { lstatSync, statSync } from 'node:fs';
import { wallNow } from '../../model/timers.js';
import { journalDir } from '../files/segment-file.js';
import { listSegments, readEnd, type SegmentInfo } from './segments.js';

/** A file's time may be that of the last tick of the kernel's clock: a folder changed so lately may change unseen. */
const TICK_MS = 100;
/** A sealed segment is written to by nobody; that somebody cut or replaced one is seen this late. */
const WHOLE_LOOK_MS = 1_000;

/**
 * `listSegments` for those who ask before every answer: a journal of years is thousands of files, of which only the
 * last one of each process can have grown. Between two whole looks only those are looked at, unless the folder changed.
 */
export class SegmentListing {
  private segments: SegmentInfo[] = [];
  /** Where in the list they stand. */
  private growing: number[] = [];
  private readonly sealed = new Map<number, number>();
  private folderMs = Number.NaN;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dir: string) {}

  /** Segments in the order of their numbers. */
  list(): SegmentInfo[] {
    const now = wallNow();
    const folderMs = statSync(journalDir(this.dir), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
    const isSame = folderMs === this.folderMs && Math.abs(now - this.lookedAt) < WHOLE_LOOK_MS && this.lookAgain();
    if (!isSame) this.lookWhole(now, folderMs);
    return [...this.segments];
  }

  /** Sizes of what may have grown. `false`: one is gone. */
  private lookAgain(): boolean {
    for (const at of this.growing) {
      const segment = this.segments[at]!;
      const stat = lstatSync(segment.path, { throwIfNoEntry: false });
      if (!stat?.isFile()) return false;
      this.segments[at] = { ...segment, size: stat.size, mtimeMs: stat.mtimeMs };
    }
    return true;
  }

  private lookWhole(now: number, folderMs: number): void {
    this.segments = listSegments(this.dir);
    this.growing = [...this.segments.keys()].filter((at) => !this.isSealed(this.segments[at]!));
    this.folderMs = now - folderMs > TICK_MS ? folderMs : Number.NaN;
    this.lookedAt = now;
  }

  private isSealed(segment: SegmentInfo): boolean {
    // A copy is whole when it gets its name; before that its number is held by an empty file.
    if (segment.kept) return segment.size > 0;
    if (this.sealed.get(segment.number) === segment.size) return true;
    try {
      if (!readEnd(segment.path).sealed) return false;
    } catch {
      return false;
    }
    this.sealed.set(segment.number, segment.size);
    return true;
  }
}
