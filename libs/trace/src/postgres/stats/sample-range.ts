import {
  levelOfBars,
  LEVELS,
  rollupRanges,
  wholeMinutes,
  type RollupRange,
  type TimeRange,
} from '../../catalog/tables/rollups/rollup-range.js';
import type { Micros } from '../../model/record.js';

const HOUR = LEVELS[1];
const HOURS = 1;

/** How the sums of a range of time are put together. */
export interface SamplePlan {
  /** Closed hours and days, coarse ones inside. */
  sums: RollupRange[];
  /** The rest, whose traces are read one by one. */
  single: TimeRange[];
  /** The level of the histogram's bars. */
  bars: number;
}

/** @param closed end of the last closed hour */
export function samplePlan(range: TimeRange, closed: Micros): SamplePlan {
  const bars = levelOfBars(range.until - range.since);
  const from = Math.ceil(range.since / HOUR) * HOUR;
  const to = Math.floor(Math.min(range.until + 1, closed) / HOUR) * HOUR;
  if (from >= to) return { sums: [], single: [range], bars };
  const single = [
    { since: range.since, until: from - 1 },
    { since: to, until: range.until },
  ];
  return {
    // The sums of a day have no minutes.
    sums: rollupRanges(from, to, bars === 0 ? HOURS : undefined),
    single: single.filter(({ since, until }) => since <= until),
    bars,
  };
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
