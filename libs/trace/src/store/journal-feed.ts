import { closeSync, fstatSync, openSync } from 'node:fs';
import { NEWLINE } from '../journal/format.js';
import { lastLineEnd, readBytes, SegmentReader } from '../journal/reader.js';
import { listSegments, type SegmentInfo } from '../journal/segments.js';
import type { FeedPosition, FeedRecord } from '../model/trace.js';
import { badPosition, formatPosition, parsePosition, reach, type SegmentVector } from './feed-position.js';
import { FinishedSegments } from './finished-segments.js';
import type { TraceFeed } from './port.js';

const OWN_MS = 20;
const OTHERS_MS = 250;

/**
 * The stream of all records, read from the journal itself: it works while the catalog does not, and shows what other
 * processes write. Segments come in the order of their numbers, so each process's records are in the order it wrote
 * them.
 */
export class JournalFeed implements TraceFeed {
  private readonly finished = new FinishedSegments();
  private readonly listeners = new Set<() => void>();
  private pending: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private seen = '';
  /** The last position given out: it need not be checked when it comes back. */
  private trusted: FeedPosition | undefined;

  /** @param ownSegment the segment this process writes to, of whose growth `poke` tells */
  constructor(
    private readonly dir: string,
    private readonly ownSegment: () => number | undefined = () => undefined,
  ) {}

  async head(): Promise<FeedPosition> {
    const ends = this.segments().map((segment): [number, number] => [
      segment.number,
      this.finished.endOf(segment) ?? wholeLines(segment),
    ]);
    return this.position(new Map(ends), this.segments());
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    const segments = this.segments();
    const start = after === undefined ? new Map<number, number>() : parsePosition(after);
    if (after !== undefined && after !== this.trusted) check(after, start, segments);
    const bound = until === undefined ? undefined : parsePosition(until);
    const ahead = segments.filter(({ number }) => reach(start, number) !== Number.MAX_SAFE_INTEGER);
    const vector: SegmentVector = new Map(ahead.map(({ number }) => [number, reach(start, number)]));
    const records: FeedRecord[] = [];
    let done = true;
    for (const segment of ahead) {
      const to = bound ? reach(bound, segment.number) : Number.MAX_SAFE_INTEGER;
      if (segment.size > vector.get(segment.number)!) {
        done = this.readSegment({ segment, ahead, vector, to, limit, records });
        if (!done) break;
      }
    }
    const position = ahead.length > 0 ? this.position(vector, ahead) : (after ?? formatPosition([]));
    this.trusted = position;
    return { records, position, done };
  }

  onMore(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    if (!this.poll) {
      this.seen = this.othersSizes();
      this.poll = setInterval(() => this.look(), OTHERS_MS).unref();
    }
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.stop();
    };
  }

  /** This process wrote something. */
  poke(): void {
    if (this.pending || this.listeners.size === 0) return;
    this.pending = setTimeout(() => {
      this.pending = undefined;
      this.tell();
    }, OWN_MS).unref();
  }

  close(): void {
    this.listeners.clear();
    this.stop();
  }

  private readSegment(run: {
    segment: SegmentInfo;
    ahead: SegmentInfo[];
    vector: SegmentVector;
    to: number;
    limit: number;
    records: FeedRecord[];
  }): boolean {
    const { segment, ahead, vector, to, limit, records } = run;
    const reader = openReader(segment, vector.get(segment.number)!, to);
    if (!reader) return true;
    try {
      // All but this segment's place is the same for each of its records.
      const place = `${segment.number}.`;
      const others = this.named(vector, ahead, segment.number);
      const before = others.filter(([number]) => number < segment.number).map(([n, offset]) => `${n}.${offset}~`);
      const behind = others.filter(([number]) => number > segment.number).map(([n, offset]) => `~${n}.${offset}`);
      const prefix = before.join('') + place;
      const suffix = behind.join('');
      for (;;) {
        // Asking for one more than the limit would be wrong twice: it may not be there, and it must come next time.
        if (records.length >= limit) return reader.next() === undefined && segment === ahead.at(-1);
        const located = reader.next();
        vector.set(segment.number, reader.offset);
        if (!located) return true;
        records.push({ record: located.record, position: prefix + reader.offset + suffix });
      }
    } finally {
      reader.close();
    }
  }

  private segments(): SegmentInfo[] {
    return listSegments(this.dir).filter(({ kept }) => !kept);
  }

  private position(vector: SegmentVector, segments: SegmentInfo[]): FeedPosition {
    return formatPosition(this.named(vector, segments));
  }

  /** The part of the vector that has to be named: without the finished segments at its beginning, but for the last. */
  private named(vector: SegmentVector, segments: SegmentInfo[], always?: number): [number, number][] {
    let first = 0;
    while (first < segments.length - 1) {
      const segment = segments[first]!;
      const end = segment.number === always ? undefined : this.finished.endOf(segment);
      if (end === undefined || vector.get(segment.number)! < end) break;
      first += 1;
    }
    return segments.slice(first).map(({ number }) => [number, vector.get(number)!]);
  }

  private look(): void {
    const now = this.othersSizes();
    if (now === this.seen) return;
    this.seen = now;
    this.tell();
  }

  private othersSizes(): string {
    const own = this.ownSegment();
    const others = this.segments().filter(({ number }) => number !== own);
    return others.map(({ number, size }) => `${number}.${size}`).join();
  }

  private tell(): void {
    for (const listener of this.listeners) {
      try {
        listener();
      } catch {
        // One listener's failure is not the others'.
      }
    }
  }

  private stop(): void {
    clearInterval(this.poll);
    clearTimeout(this.pending);
    this.poll = this.pending = undefined;
  }
}

/** A position of another directory, or of one that began anew, would skip or tear records. */
function check(text: string, vector: SegmentVector, segments: SegmentInfo[]): void {
  const known = new Map(segments.map((segment) => [segment.number, segment]));
  const highest = segments.at(-1)?.number ?? 0;
  for (const [number, offset] of vector) {
    const segment = known.get(number);
    if (number > highest) throw badPosition(text);
    // Pruned: everything that is left comes after it.
    if (!segment || offset === 0) continue;
    if (offset > segment.size || !endsLine(segment.path, offset)) throw badPosition(text);
  }
}

function endsLine(path: string, offset: number): boolean {
  return withFile(path, (fd) => readBytes(fd, offset - 1, 1)[0] === NEWLINE) ?? true;
}

function wholeLines(segment: SegmentInfo): number {
  return withFile(segment.path, (fd) => lastLineEnd(fd, fstatSync(fd).size)) ?? 0;
}

/** `undefined`: it was deleted meanwhile. */
function withFile<T>(path: string, work: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function openReader(segment: SegmentInfo, from: number, to: number): SegmentReader | undefined {
  try {
    return new SegmentReader(segment.path, { from, to });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
