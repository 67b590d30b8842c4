import { closeSync, fstatSync } from 'node:fs';
import { NEWLINE } from '../../../journal/codec/format.js';
import { openForReading } from '../../../journal/files/private-file.js';
import { lastLineEnd, readBytes, SegmentReader } from '../../../journal/read/reader.js';
import type { JournalPosition } from '../../../journal/write/writer.js';
import { clearInterval, clearTimeout, setInterval, setTimeout } from '../../../model/timers.js';
import type { TraceKey } from '../../../model/record.js';
import type { FeedPosition, FeedRecord, TraceHead } from '../../../model/trace.js';
import { FeedCursor } from './feed-cursor.js';
import { badPosition, FeedPlace, formatParts, ORIGIN, parsePosition, WHOLE } from './feed-position.js';
import type { TraceFeed } from '../../port.js';
import { notifyAll } from '../../notify-all.js';
import { indexFrom, SegmentTable, type TableSegment } from './segment-table.js';

const OWN_MS = 20;
const OTHERS_MS = 250;
const NOWHERE = new FeedPlace(new Map());

/**
 * The stream of all records, read from the journal itself: it works while the catalog does not, and shows what other
 * processes write. Segments come in the order of their numbers, so each process's records are in the order it wrote
 * them. What a step costs depends on how many processes write, not on how many segments there are.
 */
export class JournalFeed implements TraceFeed {
  private readonly listeners = new Set<() => void>();
  /** Last line ends that were read or found, and the sizes that the segments had then. */
  private readonly lineEnds = new Map<number, { size: number; end: number }>();
  private pending: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private seen = 0;
  /** The last position returned: it is not checked when a caller resumes there. */
  private trusted: FeedPosition | undefined;

  /**
   * @param headsOf heads by key, from the catalog
   * @param own the position up to which this process has written; `poke` announces that it grew
   */
  constructor(
    dir: string,
    private readonly headsOf: (keys: readonly TraceKey[]) => Promise<TraceHead[]>,
    private readonly own: () => JournalPosition | undefined = () => undefined,
    private readonly table = new SegmentTable(dir, own),
  ) {}

  /** Opens a segment only if another process wrote to it since it was last read. */
  async head(): Promise<FeedPosition> {
    await this.table.refresh();
    const { runs } = this.table;
    // Finished segments at the beginning need no name, unless they are all there is.
    const [start, ...rest] = runs[0]?.last.end === undefined || runs.length === 1 ? runs : runs.slice(1);
    if (!start) return ORIGIN;
    const offsetOf = (segment: TableSegment): number => segment.end ?? this.lineEnd(segment);
    const parts = formatParts(
      rest.map(({ first, last }) => ({
        first: first.number,
        last: last.number,
        offset: offsetOf(last),
        done: last.end !== undefined,
      })),
    );
    return [`${start.last.number}.${offsetOf(start.last)}`, ...parts].join('~');
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }> {
    const start = after === undefined ? NOWHERE : parsePosition(after);
    const bound = until === undefined ? undefined : parsePosition(until);
    await this.table.refresh();
    const { segments } = this.table;
    if (after !== undefined && after !== this.trusted) check(after, start, segments);
    const ahead = segments.slice(indexFrom(segments, start.smallest));
    const cursor = new FeedCursor(start, ahead);
    const records: FeedRecord[] = [];
    let done = true;
    for (const at of cursor.unread()) {
      const to = bound ? bound.reach(ahead[at]!.number) : WHOLE;
      done = this.readSegment({ at, ahead, cursor, to, limit, records });
      if (!done) break;
    }
    const position = ahead.length === 0 && after !== undefined ? after : cursor.position();
    this.trusted = position;
    return { records, position, done };
  }

  onMore(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    if (!this.poll) {
      this.seen = this.table.changes;
      this.poll = setInterval(() => void this.look(), OTHERS_MS).unref();
    }
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.stop();
    };
  }

  async heads(keys: readonly TraceKey[]): Promise<Map<TraceKey, TraceHead>> {
    const heads = keys.length === 0 ? [] : await this.headsOf(keys);
    return new Map(heads.map((head) => [head.key, head]));
  }

  /** This process wrote something. */
  poke(): void {
    if (this.pending || this.listeners.size === 0) return;
    this.pending = setTimeout(() => {
      this.pending = undefined;
      notifyAll(this.listeners);
    }, OWN_MS).unref();
  }

  close(): void {
    this.listeners.clear();
    this.stop();
  }

  private readSegment(run: {
    at: number;
    ahead: readonly TableSegment[];
    cursor: FeedCursor;
    to: number;
    limit: number;
    records: FeedRecord[];
  }): boolean {
    const { at, ahead, cursor, to, limit, records } = run;
    const segment = ahead[at]!;
    const reader = openReader(segment, cursor.offsetOf(segment.number), to);
    if (!reader) return true;
    try {
      const { before, behind } = cursor.around(at);
      for (;;) {
        // Not one more than the limit: the record may not exist, and it belongs to the next page.
        if (records.length >= limit) return reader.next() === undefined && at === ahead.length - 1;
        const located = reader.next();
        cursor.advance(segment.number, reader.offset);
        if (!located) break;
        records.push({ record: located.record, position: before + reader.offset + behind });
      }
      if (to === WHOLE) this.lineEnds.set(segment.number, { size: segment.size, end: reader.offset });
      return true;
    } finally {
      reader.close();
    }
  }

  /** Where the whole lines of a growing segment end: its writer may be in the middle of one. */
  private lineEnd(segment: TableSegment): number {
    const { number, path, size } = segment;
    const own = this.own();
    if (own?.segment === number) return own.offset;
    const known = this.lineEnds.get(number);
    if (known?.size === size) return known.end;
    const end = withFile(path, (fd) => lastLineEnd(fd, fstatSync(fd).size)) ?? 0;
    this.lineEnds.set(number, { size, end });
    return end;
  }

  /** Calls the listeners if other processes wrote since the last call. */
  private async look(): Promise<void> {
    try {
      this.table.audit();
      await this.table.refresh();
    } catch {
      // The next read fails too, with the reason.
    }
    if (this.table.changes === this.seen) return;
    this.seen = this.table.changes;
    notifyAll(this.listeners);
  }

  private stop(): void {
    clearInterval(this.poll);
    clearTimeout(this.pending);
    this.poll = this.pending = undefined;
  }
}

/** Throws for a position of another or a recreated directory, which would skip or tear records. */
function check(text: string, place: FeedPlace, segments: readonly TableSegment[]): void {
  if (place.largest > (segments.at(-1)?.number ?? 0)) throw badPosition(text);
  for (const [number, offset] of place.offsets) {
    const segment = segments[indexFrom(segments, number)];
    // Pruned: all remaining records are after it.
    if (segment?.number !== number || offset === 0) continue;
    const isPlace = withFile(segment.path, (fd) => offset <= fstatSync(fd).size && endsLine(fd, offset));
    if (isPlace === false) throw badPosition(text);
  }
}

function endsLine(fd: number, offset: number): boolean {
  return readBytes(fd, offset - 1, 1)[0] === NEWLINE;
}

/** `undefined`: the file was deleted. */
function withFile<T>(path: string, work: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function openReader(segment: TableSegment, from: number, to: number): SegmentReader | undefined {
  try {
    return new SegmentReader(segment.path, { from, to });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Deleted since it was listed, or replaced by something that is no file. */
function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ENOENT' || code === 'NOT_A_FILE';
}
