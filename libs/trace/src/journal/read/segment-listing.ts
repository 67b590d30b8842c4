import { lstatSync, statSync } from 'node:fs';
import { wallNow } from '../../model/timers.js';
import { journalDir } from '../files/segment-file.js';
import { listFolder, readEnd, stampOf, type SegmentInfo } from './segments.js';

/** Resolution of a file's time, in milliseconds: a folder that changed within it may change again with the same time. */
const TICK_MS = 100;
/** How often some sealed segments are checked, in milliseconds: only another program changes them. */
const AUDIT_MS = 1_000;
/** Sealed segments that are checked at once, others each time: 3,000 at once took 10 ms of a query each second. */
const AUDITED = 64;
/** Segments up to which a changed folder is read whole. Of more, the sealed ones are left to the audit. */
const FEW = 256;

/**
 * `listSegments` for calls before every query: a journal of years has thousands of files, of which only the last one of
 * each process can have grown. Only those and new ones are looked at, and some of the others once a second.
 */
export class SegmentListing {
  /** A sentence for each entry of the last `list` that has a segment's name and is no segment. */
  strange: readonly string[] = [];

  private segments: SegmentInfo[] = [];
  /** Indexes in `segments` of those that can grow; absent until a second call needs them. */
  private growing: number[] | undefined;
  private readonly sealed = new Map<number, number>();
  private folderMs = Number.NaN;
  private auditedAt = Number.NEGATIVE_INFINITY;
  private auditedTo = 0;

  /** @param isFinished whether the file is known to end with its seal; other files are opened to find out */
  constructor(
    private readonly dir: string,
    private readonly isFinished: (segment: SegmentInfo) => boolean = () => false,
  ) {}

  /** Segments in the order of their numbers. */
  list(): SegmentInfo[] {
    const now = wallNow();
    const folderMs = statSync(journalDir(this.dir), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
    const isSame = folderMs === this.folderMs && this.lookAgain() && this.audit(now);
    if (isSame) return [...this.segments];
    if (this.segments.length <= FEW) this.lookWhole(now, folderMs);
    else this.lookForNew(now, folderMs);
    return [...this.segments];
  }

  /** Reads the sizes of the segments that can have grown. `false`: one is deleted. */
  private lookAgain(): boolean {
    this.growing ??= [...this.segments.keys()].filter((at) => !this.isSealed(this.segments[at]!));
    return this.growing.every((at) => this.restat(at));
  }

  /** Checks some sealed segments, which another program may have cut or overwritten. `false`: one is deleted. */
  private audit(now: number): boolean {
    if (Math.abs(now - this.auditedAt) < AUDIT_MS) return true;
    this.auditedAt = now;
    for (let n = Math.min(AUDITED, this.segments.length); n > 0; n -= 1) {
      this.auditedTo = (this.auditedTo + 1) % this.segments.length;
      if (!this.restat(this.auditedTo)) return false;
    }
    return true;
  }

  /** Reads the size of a segment. `false`: it is deleted, or no file any more. */
  private restat(at: number): boolean {
    const segment = this.segments[at]!;
    const stat = lstatSync(segment.path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return false;
    this.segments[at] = { ...segment, size: stat.size, mtimeMs: stat.mtimeMs, stamp: stampOf(stat) };
    return true;
  }

  private lookWhole(now: number, folderMs: number): void {
    this.take(listFolder(this.dir), now, folderMs);
    this.auditedAt = now;
  }

  /** Reads the names, and looks at the files that are new or can have grown: retention changes the folder 3,000 times. */
  private lookForNew(now: number, folderMs: number): void {
    const sealed = this.segments.filter((segment) => this.isSealed(segment));
    this.take(listFolder(this.dir, new Map(sealed.map((each) => [each.number, each]))), now, folderMs);
    if (!this.audit(now)) this.lookWhole(now, folderMs);
  }

  private take({ segments, strange }: ReturnType<typeof listFolder>, now: number, folderMs: number): void {
    this.segments = segments;
    this.strange = strange;
    this.growing = undefined;
    this.folderMs = now - folderMs > TICK_MS ? folderMs : Number.NaN;
  }

  private isSealed(segment: SegmentInfo): boolean {
    // A copy is whole when it gets its name; until then an empty file holds its number.
    if (segment.kept) return segment.size > 0;
    if (this.isFinished(segment)) return true;
    if (this.sealed.get(segment.number) === segment.size) return true;
    try {
      const { sealed, end } = readEnd(segment.path);
      // It may have grown since it was listed.
      if (!sealed || end !== segment.size) return false;
    } catch {
      return false;
    }
    this.sealed.set(segment.number, segment.size);
    return true;
  }
}
