import type { SegmentInfo } from '../journal/read/segments.js';
import { type Checkpoint, unreadBytes } from './checkpoints.js';
import type { RecordBatch } from './record-consumer.js';
import { SegmentCursor } from './segment-cursor.js';
import type { WriterChain } from './writer-chains.js';

/** Records of a batch: decoding them with payloads takes 1 to 3 ms, in which the event loop waits. */
const MAX_RECORDS = 128;

/** Reads the segments of one writer after the other, as batches, and holds the position behind the last one taken. */
export class ChainReader {
  /** Size up to which the last segment has no whole line left. */
  private exhausted = -1;

  /** Everything before it was consumed and made durable. */
  private saved: Checkpoint;

  /**
   * @param at everything before it was consumed
   * @param isFollowed the position is another program's: a file that ends before it has nothing new
   */
  constructor(
    private at: Checkpoint,
    private readonly payloads: boolean,
    private readonly isFollowed = false,
    private readonly kinds?: ReadonlySet<string>,
  ) {
    this.saved = at;
  }

  /** The position is that of the last `save`. */
  get isSaved(): boolean {
    return this.at === this.saved;
  }

  /** Everything before it was consumed. */
  get position(): Checkpoint {
    return this.at;
  }

  /** Bytes that were not consumed; where the position is another program's, bytes that are not stored there. */
  lag({ segments }: WriterChain): number {
    const at = this.isFollowed ? this.saved : this.at;
    return segments.reduce((sum, file) => sum + unreadBytes(file, at), 0);
  }

  /**
   * The next batch, the same one until `advance`; `undefined` when all whole lines were consumed. Throws what the file
   * system throws, and `DATA_NEWER`.
   * @param isClosed whether the writer writes no more: a last line without its end stays incomplete
   */
  next({ writer, segments }: WriterChain, isClosed: () => boolean): RecordBatch | undefined {
    for (const [i, file] of segments.entries()) {
      const from = this.start(file);
      if (from === undefined || file.size === from) continue;
      const isLast = i === segments.length - 1;
      if (isLast && file.size === this.exhausted && !isClosed()) return undefined;
      const batch = this.read(file, from, writer);
      if (batch) return batch;
      if (isLast && !isClosed()) this.exhausted = file.size;
      else this.move(file.number, file.size);
    }
    return undefined;
  }

  /** The batch was consumed. */
  advance({ segment, to }: RecordBatch): void {
    this.move(segment, to);
  }

  /** Everything that was consumed is durable. */
  save(): void {
    this.saved = this.at;
  }

  /** Only what was saved counts as consumed. */
  rollBack(): void {
    this.seek(this.saved);
  }

  /** Goes on from here, which is saved. */
  seek(at: Checkpoint): void {
    this.at = this.saved = at;
    this.exhausted = -1;
  }

  private move(segment: number, offset: number): void {
    this.at = { segment, offset };
  }

  /** `undefined`: the segment was consumed. A file that became shorter is read again: another program truncated it. */
  private start({ number, size }: SegmentInfo): number | undefined {
    const { segment, offset } = this.position;
    if (number < segment) return undefined;
    if (number > segment) return 0;
    if (offset <= size) return offset;
    return this.isFollowed ? undefined : 0;
  }

  private read(file: SegmentInfo, from: number, writer: string): RecordBatch | undefined {
    let cursor: SegmentCursor;
    try {
      cursor = new SegmentCursor(file, { from, writer, payloads: this.payloads, kinds: this.kinds });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return cursor.next(MAX_RECORDS);
    } finally {
      cursor.close();
    }
  }
}
