import { TraceCollectorError } from '../model/errors.js';

/**
 * A place in all segments at once: `42.10432~43.18` means "to byte 10432 of segment 42 and byte 18 of segment 43".
 * Segments below the smallest one are done with, those above that are not named have not begun.
 */
export type SegmentVector = Map<number, number>;

/** Before everything. */
export const ORIGIN = '0.0';

const TEXT = /^\d{1,8}\.\d{1,15}(?:~\d{1,8}\.\d{1,15})*$/;

/** Throws `BAD_POSITION` for anything that `formatPosition` does not write. */
export function parsePosition(text: string): SegmentVector {
  if (text.length > 100_000 || !TEXT.test(text)) throw badPosition(text);
  const vector: SegmentVector = new Map();
  let last = -1;
  for (const part of text.split('~')) {
    const [number, offset] = part.split('.').map(Number) as [number, number];
    if (number <= last) throw badPosition(text);
    vector.set(number, offset);
    last = number;
  }
  return vector;
}

/** @param vector in ascending order of segments */
export function formatPosition(vector: Iterable<[number, number]>): string {
  const text = Array.from(vector, ([number, offset]) => `${number}.${offset}`).join('~');
  return text === '' ? ORIGIN : text;
}

/** How far into a segment the position reaches; everything of those it has behind it. */
export function reach(vector: SegmentVector, number: number): number {
  const [smallest = 0] = vector.keys();
  return number < smallest ? Number.MAX_SAFE_INTEGER : (vector.get(number) ?? 0);
}

export function badPosition(text: string): TraceCollectorError {
  return new TraceCollectorError(
    'BAD_POSITION',
    `"${text.slice(0, 100)}" is no position in this directory's stream: start without one, or with the id of a message it sent.`,
  );
}
