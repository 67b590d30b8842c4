import {
  levelOfBars,
  LEVELS,
  rollupRanges,
  wholeMinutes,
  type RollupRange,
  type TimeRange,
} from '../../catalog/tables/rollups/rollup-range.js';
import type { Micros } from '../../model/record.js';
import { PART } from './sums.js';

const HOUR = LEVELS[1];
const HOURS = 1;

/** How the sums of a range of time are put together. */
export interface SamplePlan {
  /** Closed hours and days, coarse ones inside. */
  sums: RollupRange[];
  /** Rest of the range in closed hours: each within one of them. */
  divided: TimeRange[];
  /** What is not closed. */
  open: TimeRange | undefined;
  /** The level of the histogram's bars. */
  bars: number;
}

/** @param closed end of the last closed hour */
export function samplePlan(range: TimeRange, closed: Micros): SamplePlan {
  const { since, until } = range;
  const bars = levelOfBars(until - since);
  const open = until < closed ? undefined : { since: Math.max(since, closed), until };
  if (since >= closed) return { sums: [], divided: [], open, bars };
  const end = Math.min(until, closed - 1);
  const from = Math.ceil(since / HOUR) * HOUR;
  const to = Math.floor((end + 1) / HOUR) * HOUR;
  // Of a range within one hour, the whole hours around it are in the other order.
  const divided =
    from > to
      ? [{ since, until: end }]
      : [
          { since, until: from - 1 },
          { since: to, until: end },
        ];
  return {
    // The sums of a day have no minutes.
    sums: rollupRanges(from, to, bars === 0 ? HOURS : undefined),
    divided: divided.filter((one) => one.since <= one.until),
    open,
    bars,
  };
}

/** The whole parts of an hour in a range, and the rest at its ends. */
export function wholeParts({ since, until }: TimeRange): { from: Micros; to: Micros; rest: TimeRange[] } {
  const from = Math.ceil(since / PART) * PART;
  const to = Math.floor((until + 1) / PART) * PART;
  if (from >= to) return { from, to: from, rest: [{ since, until }] };
  const rest = [
    { since, until: from - 1 },
    { since: to, until },
  ];
  return { from, to, rest: rest.filter((one) => one.since <= one.until) };
}

/** Returns the begin of the bar of the histogram that a trace is in, as the embedded store has it. */
export function barsOf(range: TimeRange, level: number): (at: Micros) => Micros {
  const { from, to } = wholeMinutes(range);
  const pieces = rollupRanges(from, to, level);
  return (at) => {
    const piece = pieces.find((one) => one.from <= at && at < one.to);
    // A trace of a minute that the range divides is a bar of its own.
    if (!piece) return at;
    const width = LEVELS[piece.level]!;
    return Math.floor(at / width) * width;
  };
}
