import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedSegment } from '../../../catalog/catalog.api.js';
import { MAX_READ_BYTES, parseSegmentFile } from '../../../journal/codec/format.js';
import { journalDir } from '../../../journal/files/segment-file.js';
import { isBeingWritten, namesIn, readEnd, type SegmentInfo } from '../../../journal/read/segments.js';
import type { JournalPosition } from '../../../journal/write/writer.js';
import { nextTurn, performance, wallNow } from '../../../model/timers.js';

/** Milliseconds in which a second change of a folder may leave its time as it is: the kernel's clock has coarse ticks. */
const TICK_MS = 100;
/** Longest work in one turn of the event loop when many segments are new: the application's requests wait for it. */
const SLICE_MS = 4;
/** How often the writer of a growing segment is checked. */
const CHECK_MS = 1_000;
/** New segments from which on the catalog is asked which of them are finished: opening 3,000 took 0.1 s of CPU. */
const MANY = 100;
/** Finished segments whose size is checked again in one `audit`. */
const AUDITED = 32;

const NONE: ReadonlyMap<number, FinishedSegment> = new Map();

/** A segment as the table has it. */
export interface TableSegment extends SegmentInfo {
  /** Where its whole lines end, once no process can write to it any more: it is sealed, or its writer is dead. */
  end: number | undefined;
  checkedMs: number;
}

/** One growing segment, or finished ones that follow one another. */
export interface SegmentRun {
  first: TableSegment;
  last: TableSegment;
}

/**
 * All segments of a directory with their sizes, for the thread that serves requests. A journal of a week is thousands of
 * files, and only the last one of each process grows. So a refresh checks the folder and these few; the names are read
 * again when the folder changed, and only new ones are opened, in slices of some milliseconds.
 */
export class SegmentTable {
  /** Counts changes that this process did not make: growth of other processes' segments, new ones, deleted ones. */
  changes = 0;

  private readonly known = new Map<string, TableSegment>();
  private sorted: TableSegment[] = [];
  private growing: TableSegment[] = [];
  private inRuns: SegmentRun[] = [];
  private folderMs = Number.NaN;
  /** The folder's time at the last scan, and when it was met first. */
  private metMs = Number.NaN;
  private metAt = 0;
  private busy: Promise<void> = Promise.resolve();
  private auditedTo = 0;

  /**
   * @param own the place up to which this process has written its segment: it need not be asked for
   * @param finished finished segments, as the catalog has just looked at them. Other files are looked at and opened
   */
  constructor(
    private readonly dir: string,
    private readonly own: () => JournalPosition | undefined = () => undefined,
    private readonly finished: () => Promise<readonly FinishedSegment[]> = async () => [],
  ) {}

  /** Brings the table up to date with all that was written before the call. Rejects when the folder cannot be read. */
  async refresh(): Promise<void> {
    await this.busy;
    if (this.lookAgain()) return;
    const scan = this.busy.then(() => this.scan());
    this.busy = scan.catch(() => undefined);
    await scan;
  }

  /** Segments with the records as they were written, in the order of their numbers; not those that hold copies. */
  get segments(): readonly TableSegment[] {
    return this.sorted;
  }

  /** The same in few parts: each growing segment for itself, finished neighbours together. */
  get runs(): readonly Readonly<SegmentRun>[] {
    return this.inRuns;
  }

  /** Sizes in bytes of all files, copies included. */
  sizes(): number[] {
    return Array.from(this.known.values(), ({ size }) => size);
  }

  /** Whether this process writes to the segment. */
  isOwn({ number }: SegmentInfo): boolean {
    return this.own()?.segment === number;
  }

  /**
   * Checks some finished segments, others each time: another program may have changed one, and a writer on a host that
   * was not visible may still be alive.
   */
  audit(): void {
    const all = [...this.known.values()];
    for (let n = 0; n < Math.min(AUDITED, all.length); n += 1) {
      this.auditedTo = (this.auditedTo + 1) % all.length;
      const segment = all[this.auditedTo]!;
      const size = sizeOf(segment.path);
      if (size === undefined) this.folderMs = Number.NaN;
      else if (segment.end !== undefined && size !== segment.size) this.reopen(segment, size);
      else if (segment.kept) segment.size = size;
    }
  }

  /** The state of the folder and of what grows. `false`: the names have to be read. */
  private lookAgain(): boolean {
    if (folderTime(this.dir) !== this.folderMs) return false;
    const own = this.own();
    const now = wallNow();
    let finished = false;
    for (const segment of this.growing) {
      if (segment.number === own?.segment) {
        segment.size = own.offset;
        continue;
      }
      if (!this.resize(segment)) return false;
      if (Math.abs(now - segment.checkedMs) >= CHECK_MS) this.check(segment, now);
      finished ||= segment.end !== undefined;
    }
    if (finished) this.sort();
    return true;
  }

  /** Updates the segment's size. `false`: the file does not exist. */
  private resize(segment: TableSegment): boolean {
    const size = sizeOf(segment.path);
    if (size === undefined) return false;
    if (size !== segment.size && !this.isOwn(segment)) this.changes += 1;
    segment.size = size;
    return true;
  }

  private async scan(): Promise<void> {
    const now = wallNow();
    // Before the names are read: the next refresh finds a change made meanwhile.
    const folderMs = folderTime(this.dir);
    const isOld = this.isOld(folderMs, now);
    const names = new Set(namesIn(journalDir(this.dir)));
    const finished = names.size - this.known.size < MANY ? NONE : await this.finishedByNumber();
    let sliceEnd = performance.now() + SLICE_MS;
    for (const [name, segment] of this.known) {
      // A name may lead to something else by now.
      if (names.has(name) && (segment.end !== undefined || segment.kept || this.resize(segment))) continue;
      this.known.delete(name);
      this.changes += 1;
    }
    for (const name of names) {
      if (!this.known.has(name)) this.add(name, now, finished);
      if (performance.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = performance.now() + SLICE_MS;
    }
    this.sort();
    this.folderMs = isOld ? folderMs : Number.NaN;
  }

  /** Whether a change of the folder would give it another time. Its clock may be another machine's, and ahead of ours. */
  private isOld(folderMs: number, now: number): boolean {
    if (folderMs !== this.metMs) {
      this.metMs = folderMs;
      this.metAt = performance.now();
    }
    return now - folderMs > TICK_MS || performance.now() - this.metAt > TICK_MS;
  }

  /** The catalog may be damaged, or being built: then the files are opened. */
  private async finishedByNumber(): Promise<ReadonlyMap<number, FinishedSegment>> {
    try {
      return new Map((await this.finished()).map((each) => [each.number, each]));
    } catch {
      return NONE;
    }
  }

  private add(name: string, now: number, finished: ReadonlyMap<number, FinishedSegment>): void {
    const parsed = parseSegmentFile(name);
    if (!parsed) return;
    const path = join(journalDir(this.dir), name);
    const done = parsed.kept ? undefined : finished.get(parsed.number);
    if (done !== undefined) {
      this.known.set(name, { ...parsed, ...done, path, end: done.size, checkedMs: 0 });
      this.changes += 1;
      return;
    }
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > MAX_READ_BYTES) return;
    const { size, mtimeMs } = stat;
    // A copy is whole when it gets its name; before that an empty file holds its number.
    if (parsed.kept && size === 0) return;
    const segment: TableSegment = { ...parsed, path, size, mtimeMs, end: undefined, checkedMs: 0 };
    this.known.set(name, segment);
    if (!segment.kept) this.check(segment, now);
    if (!this.isOwn(segment)) this.changes += 1;
  }

  /** Whether more records can be written to it. */
  private check(segment: TableSegment, now: number): void {
    segment.checkedMs = now;
    if (this.isOwn(segment)) return;
    try {
      const { end, sealed } = readEnd(segment.path);
      if (sealed) segment.end = end;
      // Read the end again: the writer died since.
      else if (!isBeingWritten({ ...segment, mtimeMs: statSync(segment.path).mtimeMs }, now)) {
        segment.end = readEnd(segment.path).end;
      }
      if (segment.end !== undefined) segment.size = Math.max(segment.size, segment.end);
    } catch {
      // Deleted or not readable: checked again by the next refresh.
    }
  }

  private reopen(segment: TableSegment, size: number): void {
    segment.size = size;
    segment.end = undefined;
    this.changes += 1;
    this.check(segment, wallNow());
    this.sort();
  }

  private sort(): void {
    this.sorted = [...this.known.values()].filter(({ kept }) => !kept).sort((a, b) => a.number - b.number);
    this.growing = this.sorted.filter(({ end }) => end === undefined);
    this.inRuns = [];
    for (const segment of this.sorted) {
      const run = this.inRuns.at(-1);
      if (segment.end !== undefined && run?.last.end !== undefined) run.last = segment;
      else this.inRuns.push({ first: segment, last: segment });
    }
  }
}

/** Index of the first segment with this number or a higher one. */
export function indexFrom(segments: readonly TableSegment[], number: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle]!.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** In milliseconds; `NaN`, which equals nothing, where there is no folder. */
function folderTime(dir: string): number {
  return statSync(journalDir(dir), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}

/** `undefined`: the file does not exist. */
function sizeOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : undefined;
}
