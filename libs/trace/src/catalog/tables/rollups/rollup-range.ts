import type { Micros } from '../../../model/record.js';

const MINUTE = 60_000_000;
/** Widths of the rollups' levels: a minute, an hour, a day of UTC. */
export const LEVELS = [MINUTE, 60 * MINUTE, 1440 * MINUTE] as const;

/** Successive rollups of one level. */
export interface RollupRange {
  level: number;
  from: Micros;
  /** Exclusive. */
  to: Micros;
}

/** Inclusive at both ends. */
export interface TimeRange {
  since: Micros;
  until: Micros;
}

/** The whole minutes of a range, and the rest at its ends. */
export function wholeMinutes({ since, until }: TimeRange): { from: Micros; to: Micros; edges: TimeRange[] } {
  const from = Math.ceil(since / MINUTE) * MINUTE;
  const to = Math.floor((until + 1) / MINUTE) * MINUTE;
  if (from >= to) return { from, to: from, edges: [{ since, until }] };
  const edges = [
    { since, until: from - 1 },
    { since: to, until },
  ];
  return { from, to, edges: edges.filter((edge) => edge.since <= edge.until) };
}

/** The fewest rollups that make up whole minutes: coarse ones inside, finer ones at the ends. */
export function rollupRanges(from: Micros, to: Micros, coarsest: number = LEVELS.length - 1): RollupRange[] {
  if (from >= to) return [];
  const width = LEVELS[coarsest]!;
  if (coarsest === 0) return [{ level: 0, from, to }];
  const begin = Math.ceil(from / width) * width;
  const end = Math.floor(to / width) * width;
  if (begin >= end) return rollupRanges(from, to, coarsest - 1);
  return [
    ...rollupRanges(from, begin, coarsest - 1),
    { level: coarsest, from: begin, to: end },
    ...rollupRanges(end, to, coarsest - 1),
  ];
}

/** Bars of a histogram. */
const MAX_BARS = 59;

/** The coarsest level that is no coarser than the bars of a histogram over this time. */
export function levelOfBars(spanUs: number): number {
  return LEVELS.findLastIndex((width, level) => level === 0 || spanUs / MAX_BARS > width);
}
