import { hasFailed, type TraceStatus } from '../../model/status.js';
import type { SamplePart, TraceCounts, TraceSample } from '../../model/trace.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { levelOfBars, LEVELS, rollupRanges, wholeMinutes, type TimeRange } from '../tables/rollups/rollup-range.js';
import { Rollup } from '../tables/rollups/rollup.js';
import { usageShare } from '../tables/rollups/usage-share.js';
import { repliesOf, usageOf } from '../tables/trace-row.js';
import { decodeTerms } from '../tables/trace-terms.js';
import {
  emptySample,
  exactDurations,
  manyDurations,
  namesOf,
  samplePart,
  statusCounts,
  usageFields,
  type SampleDurations,
} from './sample-of-sums.js';
import { UsageByDay } from './usage-by-day.js';

const MINUTE = LEVELS[0];

interface SampleRow {
  status: TraceStatus;
  started_us: number;
  ended_us: number;
  terms: string;
  calls: string | null;
  counts: string;
}

export function countTraces({ db }: IndexTransaction): TraceCounts {
  const ended = db.get<{ n: number; errors: number }>('countEnded', LEVELS.length - 1)!;
  const active = db.get<{ n: number }>('countActive')!.n;
  return { total: ended.n + active, active, errors: ended.errors };
}

/** Reads the coarsest sums that fit the range, and the traces of the minutes that the range divides one by one. */
export function sampleTraces(tx: IndexTransaction, given: { since?: number; until?: number }): TraceSample {
  const { db, rollups } = tx;
  const range = clamped(db, given);
  if (!range) return emptySample();
  const { from, to, edges } = wholeMinutes(range);
  const days = new UsageByDay();
  const sums = rollups.read(rollupRanges(from, to), (at, rollup) => days.addRollup(at, rollup));
  const bars = rollups.bars(rollupRanges(from, to, levelOfBars(range.until - range.since)));
  const buckets = bars.map(({ at, traces, errors }) => ({ startedAt: at, total: traces, errors }));
  for (const { since, until } of edges) {
    for (const row of db.all<SampleRow>('sampleEnded', since, until)) {
      addRow(tx, sums, days, row);
      buckets.push({ startedAt: row.started_us, total: 1, errors: hasFailed(row.status) ? 1 : 0 });
    }
  }
  for (const row of db.all<SampleRow>('sampleActive', range.since, range.until)) {
    addRow(tx, sums, days, row);
    buckets.push({ startedAt: row.started_us, total: 1, errors: 0 });
  }
  return {
    byStatus: statusCounts(sums),
    ...durationsOf(db, range, sums),
    ...namesOf(sums, tx.terms),
    buckets: buckets.sort((a, b) => a.startedAt - b.startedAt),
    ...usageFields(sums, days),
  };
}

/** Limits the range to the minutes in which there are traces: an end that was not given divides no minute. */
function clamped(db: CatalogDb, { since = -Infinity, until = Infinity }: Partial<TimeRange>): TimeRange | undefined {
  const oldest = db.get<{ us: number | null }>('oldest')!.us;
  const newest = db.get<{ us: number | null }>('newest')!.us;
  if (oldest === null || newest === null) return undefined;
  const begin = Math.floor(oldest / MINUTE) * MINUTE;
  const end = (Math.floor(newest / MINUTE) + 1) * MINUTE - 1;
  const range = { since: Math.max(since, begin), until: Math.min(until, end) };
  return range.since <= range.until ? range : undefined;
}

/** What the traces of each range are like. The ranges may lie anywhere; at most about a hundred of them. */
export function samplePartsOf(tx: IndexTransaction, ranges: readonly TimeRange[]): SamplePart[] {
  const { db, rollups } = tx;
  return ranges.map((given) => {
    const range = clamped(db, given);
    if (!range) return samplePart(new Rollup());
    const { from, to, edges } = wholeMinutes(range);
    const sums = rollups.read(rollupRanges(from, to));
    for (const edge of edges) {
      for (const row of db.all<SampleRow>('sampleEnded', edge.since, edge.until)) addRow(tx, sums, undefined, row);
    }
    for (const row of db.all<SampleRow>('sampleActive', range.since, range.until)) addRow(tx, sums, undefined, row);
    return samplePart(sums);
  });
}

function addRow({ terms: names }: IndexTransaction, sums: Rollup, days: UsageByDay | undefined, row: SampleRow): void {
  const { status, started_us: startedAt, ended_us: endedAt } = row;
  const terms = decodeTerms(row.terms);
  const usage = usageOf(row.calls);
  const replies = repliesOf(row.counts);
  sums.add({ startedAt, endedAt, status, terms, replies, usage: usageShare(usage, terms, names) }, 1);
  days?.addTrace(startedAt, usage);
}

/** Durations of ended traces. */
function durationsOf(db: CatalogDb, { since, until }: TimeRange, sums: Rollup): SampleDurations {
  return (
    manyDurations(sums) ?? exactDurations(db.all<{ us: number }>('sampleDurations', since, until).map(({ us }) => us))
  );
}
