import type { StatsPart } from '../../contract/responses.js';
import { isoMicros } from '../../model/trace-id.js';
import type { SamplePart, TraceSample } from '../../model/trace.js';
import { usageDto } from '../trace/usage-dto.js';
import { weighted } from './stats.js';

const MAX_PARTS = 60;
const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
/**
 * Widths in microseconds for which stores have sums: hours from a range of five hours on; beyond the last, whole multiples
 * of it.
 */
const WIDTHS = [5, 60, 180, 360, 720, 1440, 7 * 1440, 30 * 1440].map((minutes) => minutes * MINUTE);

/** A part of time; both ends belong to it. */
export interface PartRange {
  since: number;
  until: number;
}

/**
 * At most 60 parts of equal, round width (UTC), the first and the last cut by the range. They cover the range; where it is
 * open, they begin at the first trace and end at the last. None without traces.
 */
export function partsOf(buckets: TraceSample['buckets'], range: { since?: number; until?: number }): PartRange[] {
  if (buckets.length === 0) return [];
  const starts = buckets.map(({ startedAt }) => startedAt);
  const first = Math.floor(range.since ?? starts.reduce((least, at) => Math.min(least, at), Infinity));
  const last = Math.ceil(range.until ?? starts.reduce((most, at) => Math.max(most, at), -Infinity));
  // One part fewer than allowed, because aligning the first to a round time may add one.
  const least = (last - first + 1) / (MAX_PARTS - 1);
  const width = WIDTHS.find((each) => each >= least) ?? Math.ceil(least / (30 * DAY)) * 30 * DAY;
  const from = Math.floor(first / width) * width;
  return Array.from({ length: Math.floor((last - from) / width) + 1 }, (_, i) => {
    const begin = from + i * width;
    const end = begin + width - 1;
    // An open end is that of the last part: its newest trace is not the end of it.
    return {
      since: range.since === undefined ? begin : Math.max(begin, first),
      until: range.until === undefined ? end : Math.min(end, last),
    };
  });
}

/** The period of equal length right before a range; `undefined`: it would begin before 1970. */
export function periodBefore({ since, until }: PartRange): PartRange | undefined {
  const before = { since: since - (until - since + 1), until: since - 1 };
  return before.since >= 0 ? before : undefined;
}

/** The numbers of one part. */
export function statsPart({ since, until }: PartRange, part: SamplePart): StatsPart {
  const { total, failed, durations, weights, replies, usage } = part;
  const times = durations.map((ms, i) => ({ ms, n: weights[i] ?? 1 }));
  const ended = times.reduce((sum, { n }) => sum + n, 0);
  const spent = usage && usageDto(usage);
  return {
    from: isoMicros(since),
    to: isoMicros(until + 1),
    total_traces: total,
    error_traces: failed,
    error_rate: total === 0 ? null : Math.round((failed / total) * 10_000) / 10_000,
    p50_ms: ended === 0 ? null : weighted(times, ended, 50),
    p95_ms: ended === 0 ? null : weighted(times, ended, 95),
    replies,
    tokens: spent?.total_tokens ?? null,
    cost_usd: spent?.cost_usd ?? null,
  };
}
