import type { FeedPosition } from '../../../model/trace.js';
import { formatParts, ORIGIN, WHOLE, type FeedPlace, type Reached } from './feed-position.js';
import { indexFrom, type TableSegment } from './segment-table.js';

/** A position that advances through the segments, and its text at each step. */
export class FeedCursor {
  private readonly offsets: Map<number, number>;
  /** Indexes where ranges of `place` begin and end, so that finished segments are skipped together. */
  private readonly ranges: [number, number][];
  /** No segment above this one has begun. */
  private largest: number;
  /** Index of the first segment that has to be named. */
  private first = 0;

  /** @param segments those from the smallest that `place` names on, in the order of their numbers */
  constructor(
    private readonly place: FeedPlace,
    private readonly segments: readonly TableSegment[],
  ) {
    this.offsets = new Map(place.offsets);
    this.largest = place.largest;
    this.ranges = place.ranges.map(([from, to]) => [indexFrom(segments, from), indexFrom(segments, to + 1)]);
  }

  /** Bytes of a segment that are behind this place. */
  offsetOf(number: number): number {
    return this.offsets.get(number) ?? this.place.reach(number);
  }

  advance(number: number, offset: number): void {
    this.offsets.set(number, offset);
    this.largest = Math.max(this.largest, number);
  }

  /** Indexes of segments that have more bytes than are behind this place. */
  *unread(): Generator<number> {
    for (let at = 0; at < this.segments.length; at = this.next(at)) {
      const segment = this.segments[at]!;
      if (!this.isDone(segment) && segment.size > this.offsetOf(segment.number)) yield at;
    }
  }

  position(): FeedPosition {
    this.skipDone(this.segments.length - 1);
    const first = this.segments[this.first];
    if (!first) return ORIGIN;
    const parts = formatParts(this.reached(this.first + 1));
    return [`${first.number}.${this.bytesOf(first)}`, ...parts].join('~');
  }

  /** Text before and behind the byte in the positions of one segment's records, which share it. */
  around(at: number): { before: string; behind: string } {
    this.skipDone(at);
    const first = this.segments[this.first]!;
    const segment = this.segments[at]!;
    const parts = first === segment ? [] : [`${first.number}.${this.bytesOf(first)}`];
    parts.push(...formatParts(this.reached(this.first + 1, at)), `${segment.number}.`);
    const behind = formatParts(this.reached(at + 1)).map((part) => `~${part}`);
    return { before: parts.join('~'), behind: behind.join('') };
  }

  /** The index behind a segment, or behind the range that it is in. */
  private next(at: number): number {
    return this.ranges.find(([from, to]) => from <= at && at < to)?.[1] ?? at + 1;
  }

  private skipDone(to: number): void {
    while (this.first < to && this.isDone(this.segments[this.first]!)) this.first = Math.min(to, this.next(this.first));
  }

  /** Whether all records are behind the position and no more are written. */
  private isDone({ number, end }: TableSegment): boolean {
    const offset = this.offsetOf(number);
    return offset === WHOLE || (end !== undefined && offset >= end);
  }

  private *reached(from: number, to = this.segments.length): Generator<Reached> {
    for (let at = from; at < to;) {
      const segment = this.segments[at]!;
      if (segment.number > this.largest) return;
      at = Math.min(to, this.next(at));
      const last = this.segments[at - 1]!;
      yield { first: segment.number, last: last.number, offset: this.bytesOf(last), done: this.isDone(segment) };
    }
  }

  private bytesOf({ number, size, end }: TableSegment): number {
    const offset = this.offsetOf(number);
    return offset === WHOLE ? (end ?? size) : offset;
  }
}
