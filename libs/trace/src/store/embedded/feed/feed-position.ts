import { TraceCollectorError } from '../../../model/errors.js';

/** Position before the first record. */
export const ORIGIN = '0.0';

/** `reach` of a segment that is wholly behind a position. */
export const WHOLE = Number.MAX_SAFE_INTEGER;

const PART = String.raw`(?:\d{1,8}\.\d{1,15}|\d{1,8}-\d{1,8})`;
const TEXT = new RegExp(String.raw`^\d{1,8}\.\d{1,15}(?:~${PART})*$`);

/**
 * A position in all segments at once: `42.10432~43-57~58.18` means "to byte 10432 of segment 42, all of 43 to 57, and to
 * byte 18 of segment 58". Segments below the smallest one are behind it, those above it that are not named have not begun.
 */
export class FeedPlace {
  /** The smallest segment that is named; 0 before everything. */
  readonly smallest: number;
  /** The largest one. */
  readonly largest: number;

  constructor(
    /** Bytes by segment, in ascending order. */
    readonly offsets: ReadonlyMap<number, number>,
    /** First and last number of segments that are behind it. */
    readonly ranges: readonly (readonly [number, number])[] = [],
  ) {
    [this.smallest = 0] = offsets.keys();
    this.largest = Math.max(0, ...offsets.keys(), ...ranges.map(([, last]) => last));
  }

  /** Bytes of a segment that are behind this position; `WHOLE` for all of them. */
  reach(number: number): number {
    if (number < this.smallest) return WHOLE;
    return this.offsets.get(number) ?? (this.ranges.some(([a, b]) => a <= number && number <= b) ? WHOLE : 0);
  }
}

/** Throws `BAD_POSITION` for anything that `formatParts` does not write. */
export function parsePosition(text: string): FeedPlace {
  if (text.length > 100_000 || !TEXT.test(text)) throw badPosition(text);
  const offsets = new Map<number, number>();
  const ranges: [number, number][] = [];
  let last = -1;
  for (const part of text.split('~')) {
    const [number, more] = part.split(/[.-]/).map(Number) as [number, number];
    const isRange = part.includes('-');
    if (number <= last || (isRange && more < number)) throw badPosition(text);
    last = isRange ? more : number;
    if (isRange) ranges.push([number, more]);
    else offsets.set(number, more);
  }
  return new FeedPlace(offsets, ranges);
}

/** One segment, or several consecutive ones, and how many bytes of the last one are behind a position. */
export interface Reached {
  first: number;
  last: number;
  offset: number;
  /** All records are behind the position, and no more are written. */
  done: boolean;
}

/**
 * The parts of a position's text, in ascending order: segments that are done in ranges, those that have not begun not at
 * all. The text's length depends on how many segments can grow, not on how many there are.
 */
export function formatParts(segments: Iterable<Reached>): string[] {
  const parts: string[] = [];
  let run: Reached[] = [];
  const endRun = (): void => {
    const [from, to] = [run[0], run.at(-1)];
    if (from && to) parts.push(from.first === to.last ? `${to.last}.${to.offset}` : `${from.first}-${to.last}`);
    run = [];
  };
  for (const reached of segments) {
    if (reached.done) {
      run.push(reached);
      continue;
    }
    endRun();
    if (reached.offset > 0) parts.push(`${reached.last}.${reached.offset}`);
  }
  endRun();
  return parts;
}

export function badPosition(text: string): TraceCollectorError {
  return new TraceCollectorError(
    'BAD_POSITION',
    `"${text.slice(0, 100)}" is no position in this directory's stream: start without one, or with the id of a message it sent.`,
  );
}
