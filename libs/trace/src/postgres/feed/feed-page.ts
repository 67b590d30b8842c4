import type { FeedPosition, FeedRecord } from '../../model/trace.js';
import type { Sql } from '../connection/database.js';
import { sizesOf, type BatchId, type ReadBatch } from './batch-records.js';
import type { DividedBatch } from './divided-batch.js';
import { aroundSource, formatPlace, isBefore, partOf, type FeedPlace, type Reached } from './feed-place.js';

/** A part of one source. A page reads it. */
export interface Ahead {
  readonly source: number;
  from: Reached;
  readonly to: Reached;
}

/** Sources of a page, in the order of their numbers. */
export interface PageSources {
  readonly ahead: Ahead[];
  /** New sources of which nothing is read: what they have is behind the end of the page. */
  readonly beyond: Map<number, Reached>;
}

/** Batches that are looked at together. */
const MAX_BATCHES = 256;
/** Of one source: a long one must not hide that the others have few. */
const MAX_OF_SOURCE = 64;
/** Compressed bytes of one page, more only where one batch has more: about 16 MB of records. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A page of the feed while it is read. */
export class FeedPage {
  readonly records: FeedRecord[] = [];
  private readonly reached: Map<number, Reached>;
  private readonly ahead: Ahead[];
  private readonly beyond: Map<number, Reached>;
  private known: number;

  /** @param place where the page begins */
  constructor(
    private readonly place: FeedPlace,
    { ahead, beyond }: PageSources,
    private readonly limit: number,
    private readonly divided: DividedBatch,
  ) {
    this.ahead = ahead;
    this.beyond = beyond;
    this.reached = new Map(place.reached);
    this.known = place.known;
  }

  get position(): FeedPosition {
    return formatPlace(this.current());
  }

  /** Whether all that was ahead is behind. */
  get done(): boolean {
    return this.ahead.length === 0;
  }

  /** Reads until the page is full or nothing is ahead. */
  async fill(sql: Sql): Promise<void> {
    while (this.records.length < this.limit && this.ahead.length > 0) await this.readSome(sql);
  }

  private async readSome(sql: Sql): Promise<void> {
    const batches = this.nextBatches();
    const sizes = await sizesOf(sql, batches);
    let [records, bytes, taken] = [this.records.length, 0, 0];
    while (taken < sizes.length && records < this.limit && bytes < MAX_BYTES) {
      records += sizes[taken]!.records;
      bytes += sizes[taken]!.bytes;
      taken += 1;
    }
    for (const each of await this.divided.read(sql, sizes.slice(0, taken))) {
      if (this.add(each)) continue;
      this.divided.keep(each);
      return;
    }
    // Batches between those that have records have none: they were deleted.
    const next = sizes[taken];
    for (const { source, batch } of batches) {
      if (next?.source === source && next.batch === batch) return;
      this.advance(source, { batch });
    }
  }

  /** The next batches of the first sources. */
  private nextBatches(): BatchId[] {
    const batches: BatchId[] = [];
    for (const { source, from, to } of this.ahead) {
      const end = to.batch + (to.seq === undefined ? 0 : 1);
      const last = Math.min(end, from.batch + MAX_OF_SOURCE);
      for (let batch = from.batch + 1; batch <= last; batch += 1) {
        if (batches.length === MAX_BATCHES) return batches;
        batches.push({ source, batch });
      }
      // The next source begins when this one is at its end.
      if (last < end) return batches;
    }
    return batches;
  }

  /** `false`: the page is full, and the batch has more. */
  private add({ source, batch, records }: ReadBatch): boolean {
    // All before it had no records.
    this.advance(source, { batch: batch - 1 });
    const { from, to } = this.ahead.find((one) => one.source === source)!;
    const after = from.seq ?? -1;
    const until = to.batch < batch ? (to.seq ?? -1) : Number.MAX_SAFE_INTEGER;
    const rest = records.filter(({ seq }) => seq > after && seq <= until);
    const room = rest.slice(0, this.limit - this.records.length);
    const isWhole = until === Number.MAX_SAFE_INTEGER;
    this.begin(source);
    const { before, behind } = aroundSource(this.current(), source);
    room.forEach((record, i) => {
      const isLast = isWhole && i === rest.length - 1;
      const at: Reached = isLast ? { batch } : { batch: batch - 1, seq: record.seq };
      this.records.push({ record, position: `${before}${partOf(source, at)}${behind}` });
    });
    const last = room.at(-1);
    if (room.length < rest.length) {
      if (last) this.advance(source, { batch: batch - 1, seq: last.seq });
      return false;
    }
    this.advance(source, isWhole ? { batch } : to);
    return true;
  }

  private advance(source: number, at: Reached): void {
    const index = this.ahead.findIndex((one) => one.source === source);
    const one = this.ahead[index];
    if (!one) return;
    // All lower sources were read before.
    this.begin(source);
    const next = isBefore(at, one.to) ? at : one.to;
    if (isBefore(one.from, next)) one.from = next;
    this.reached.set(source, one.from);
    if (!isBefore(one.from, one.to)) this.ahead.splice(index, 1);
  }

  /** From now on, a source up to this one that has no name has nothing ahead. */
  private begin(source: number): void {
    if (source <= this.known) return;
    this.known = source;
    for (const [other, at] of this.beyond) {
      if (other > source) return;
      this.reached.set(other, at);
      this.beyond.delete(other);
    }
  }

  private current(): FeedPlace {
    return { known: this.known, at: this.place.at, reached: this.reached };
  }
}
