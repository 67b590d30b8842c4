import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { TraceSample } from '../../model/trace.js';
import type { StatsResponse } from '../../contract/responses.js';

const MAX_BARS = 60;
const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;

/** Widths of a bar in microseconds: usual units of time; beyond the last, whole multiples of it. */
const WIDTHS = [1, 5, 15, 30, 60, 180, 360, 720, 1440, 7 * 1440, 30 * 1440].map((minutes) => minutes * MINUTE);

/**
 * At most 60 bars of equal, round width (UTC), empty ones included. They cover the range; where it is open, they begin at
 * the first trace and end at the last.
 */
export function histogram(
  buckets: TraceSample['buckets'],
  range: { since?: Micros; until?: Micros },
): StatsResponse['histogram'] {
  if (buckets.length === 0) return [];
  let first = range.since ?? Infinity;
  let last = range.until === undefined ? -Infinity : range.until - 1;
  for (const { startedAt } of buckets) {
    first = Math.min(first, startedAt);
    last = Math.max(last, startedAt);
  }
  const width = widthFor(first, last);
  const from = Math.floor(first / width) * width;
  const bars = Array.from({ length: Math.floor((last - from) / width) + 1 }, (_, index) => ({
    from: isoMicros(from + index * width),
    to: isoMicros(from + (index + 1) * width),
    total: 0,
    errors: 0,
  }));
  for (const { startedAt, total, errors } of buckets) {
    const bar = bars[Math.floor((startedAt - from) / width)];
    if (!bar) continue;
    bar.total += total;
    bar.errors += errors;
  }
  return bars;
}

function widthFor(first: Micros, last: Micros): number {
  // One bar fewer than allowed, because aligning the first to a round time may add one.
  const least = (last - first + 1) / (MAX_BARS - 1);
  return WIDTHS.find((width) => width >= least) ?? Math.ceil(least / (30 * DAY)) * 30 * DAY;
}
