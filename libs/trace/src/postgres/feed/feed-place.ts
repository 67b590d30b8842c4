import { TraceCollectorError } from '../../model/errors.js';
import type { FeedPosition } from '../../model/trace.js';

/** Place in the batches of one source. */
export interface Reached {
  /** Batches up to this number are behind the place. */
  readonly batch: number;
  /** Records of the next batch up to this `seq` are behind it too. `undefined`: none. */
  readonly seq?: number;
}

/**
 * A position in the records of all sources. Its text is `s<known>.<at>` and, for each named source, `~<source>.<batch>` or
 * `~<source>.<batch>.<seq>`, all numbers in base 36: about 8 characters a source. Sources above `known` have not begun.
 * Those below that are not named had stored nothing for half an hour at the time `at`, and all of that is behind the
 * position.
 */
export interface FeedPlace {
  /** Number of the largest source that has begun. */
  readonly known: number;
  /** The database's clock when the position was made, in seconds. */
  readonly at: number;
  /** Places by source. */
  readonly reached: ReadonlyMap<number, Reached>;
}

/** A source that has stored nothing for this time, in seconds, is not named. */
export const UNNAMED_AFTER = 30 * 60;
/**
 * A batch of a source that is not named is behind a position if it was stored this time before the position was made, in
 * seconds. The rest of the half hour is for transactions that begin before the position and end after it.
 */
export const BEHIND_BEFORE = 15 * 60;

/** A position with every source of a large cluster named is far below. */
const MAX_LENGTH = 100_000;
const NUMBER = '[0-9a-z]{1,10}';
const TEXT = new RegExp(`^s${NUMBER}\\.${NUMBER}(?:~${NUMBER}\\.${NUMBER}(?:\\.${NUMBER})?)*$`);

export function formatPlace({ known, at, reached }: FeedPlace): FeedPosition {
  const named = [...reached].sort(([a], [b]) => a - b);
  return [`s${text(known)}.${text(at)}`, ...named.map(([source, place]) => partOf(source, place))].join('~');
}

/** Text before and behind the place of one source, which many positions share. */
export function aroundSource({ known, at, reached }: FeedPlace, source: number): { before: string; behind: string } {
  const others = [...reached].filter(([other]) => other !== source).sort(([a], [b]) => a - b);
  const lower = others.filter(([other]) => other < source).map(([other, place]) => `~${partOf(other, place)}`);
  const higher = others.filter(([other]) => other > source).map(([other, place]) => `~${partOf(other, place)}`);
  return { before: `s${text(known)}.${text(at)}${lower.join('')}~`, behind: higher.join('') };
}

export function partOf(source: number, { batch, seq }: Reached): string {
  return [source, batch, ...(seq === undefined ? [] : [seq])].map(text).join('.');
}

/** Throws `BAD_POSITION` for any text that `formatPlace` does not write. */
export function parsePlace(position: FeedPosition): FeedPlace {
  if (position.length > MAX_LENGTH || !TEXT.test(position)) throw noPosition(position);
  const [head, ...parts] = position.slice(1).split('~');
  const [known, at] = numbersIn(head!) as [number, number];
  const reached = new Map<number, Reached>();
  let last = 0;
  for (const part of parts) {
    const [source, batch, seq] = numbersIn(part) as [number, number, number | undefined];
    if (source <= last || source > known) throw noPosition(position);
    reached.set((last = source), { batch, seq });
  }
  return { known, at, reached };
}

export function noPosition(position: FeedPosition): TraceCollectorError {
  return new TraceCollectorError(
    'BAD_POSITION',
    `"${position.slice(0, 100)}" is no position in this shared store's stream: start without one, or with the id of a message it sent.`,
  );
}

/** Batches of before are not dated any more. */
export function tooOld(position: FeedPosition): TraceCollectorError {
  return new TraceCollectorError(
    'BAD_POSITION',
    `The position "${position.slice(0, 100)}" is older than a day, and a process that was silent then has recorded since: start without a position, and read what is missing with a list.`,
  );
}

/** Whether the first place is before the second. */
export function isBefore(a: Reached, b: Reached): boolean {
  return a.batch < b.batch || (a.batch === b.batch && b.seq !== undefined && (a.seq ?? -1) < b.seq);
}

function numbersIn(part: string): number[] {
  return part.split('.').map((number) => Number.parseInt(number, 36));
}

function text(number: number): string {
  return number.toString(36);
}
