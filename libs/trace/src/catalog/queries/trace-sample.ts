import { hasFailed, type TraceStatus } from '../../model/status.js';
import type { StepSample, TraceCounts, TraceSample } from '../../model/trace.js';
import type { CatalogDb } from '../db/catalog-db.js';
import { bucketMs } from '../tables/rollups/latency.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { levelOfBars, LEVELS, rollupRanges, wholeMinutes, type TimeRange } from '../tables/rollups/rollup-range.js';
import { Cell, OTHER_TERMS, type Rollup } from '../tables/rollups/rollup.js';
import { usageShare } from '../tables/rollups/usage-share.js';
import { usageOf } from '../tables/trace-row.js';
import { decodeTerms } from '../tables/trace-terms.js';
import { UsageByDay } from './usage-by-day.js';

/** Up to this many durations are returned one by one; reading them takes 2 ms. */
const MAX_EXACT = 1_000;
const STEP_KINDS = ['agent', 'tool', 'model', 'host'] as const;
/** Names of one kind in a sample. */
const MAX_NAMES = 500;
const MINUTE = LEVELS[0];

interface SampleRow {
  status: TraceStatus;
  started_us: number;
  ended_us: number;
  terms: string;
  calls: string | null;
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
  if (!range) return { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };
  const { from, to, edges } = wholeMinutes(range);
  const days = new UsageByDay();
  const sums = rollups.read(rollupRanges(from, to), (at, rollup) => days.addRollup(at, rollup));
  const bars = rollups.bars(rollupRanges(from, to, levelOfBars(range.until - range.since)));
  const buckets = bars.map(({ at, traces, errors }) => ({ startedAt: at, total: traces, errors }));
  for (const { since, until } of edges) {
    for (const row of db.all<SampleRow>('sampleEnded', since, until)) {
      addRow(tx, sums, row);
      days.addRow(row);
      buckets.push({ startedAt: row.started_us, total: 1, errors: hasFailed(row.status) ? 1 : 0 });
    }
  }
  for (const row of db.all<SampleRow>('sampleActive', range.since, range.until)) {
    addRow(tx, sums, row);
    days.addRow(row);
    buckets.push({ startedAt: row.started_us, total: 1, errors: 0 });
  }
  return {
    byStatus: Object.fromEntries(Array.from(sums.statuses, ([status, { count }]) => [status, count])),
    ...durationsOf(db, range, sums),
    ...namesOf(tx, sums),
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

function usageFields(sums: Rollup, days: UsageByDay): Pick<TraceSample, 'usage' | 'usageByDay'> {
  const all = new Cell();
  for (const cell of sums.statuses.values()) all.merge(cell);
  return all.usage ? { usage: all.usage, usageByDay: days.result() } : {};
}

function addRow({ terms: names }: IndexTransaction, sums: Rollup, row: SampleRow): void {
  const { status, started_us: startedAt, ended_us: endedAt } = row;
  const terms = decodeTerms(row.terms);
  sums.add({ startedAt, endedAt, status, terms, usage: usageShare(usageOf(row.calls), terms, names) }, 1);
}

/** Durations of ended traces. */
function durationsOf(
  db: CatalogDb,
  { since, until }: TimeRange,
  sums: Rollup,
): Pick<TraceSample, 'durations' | 'weights' | 'totalMs'> {
  const all = new Cell();
  for (const [status, cell] of sums.statuses) if (status !== 'active') all.merge(cell);
  if (all.count > MAX_EXACT) return timesOf(all);
  const exact = db.all<{ us: number }>('sampleDurations', since, until);
  return { durations: exact.map(({ us }) => us / 1000) };
}

function timesOf({ took, us }: Cell): { durations: number[]; weights: number[]; totalMs: number } {
  const buckets = Array.from(took).sort(([a], [b]) => a - b);
  return {
    durations: buckets.map(([bucket]) => bucketMs(bucket)),
    weights: buckets.map(([, n]) => n),
    totalMs: us / 1000,
  };
}

function namesOf(
  { terms }: IndexTransaction,
  sums: Rollup,
): Required<Pick<TraceSample, 'routing' | 'tools' | 'steps'>> {
  const named = Array.from(sums.terms).flatMap(([id, cell]) => {
    const term = id === OTHER_TERMS ? undefined : terms.get(id);
    return term && (cell.count > 0 || cell.usage) ? [{ ...term, cell }] : [];
  });
  named.sort((a, b) => b.cell.count - a.cell.count || (a.name < b.name ? -1 : 1));
  const of = (kind: string): typeof named => named.filter((term) => term.kind === kind).slice(0, MAX_NAMES);
  return {
    routing: of('hop').map(({ name, cell }) => ({ route: name, count: cell.count })),
    tools: of('tool').map(({ name, cell }) => ({ name, count: cell.count })),
    steps: STEP_KINDS.flatMap(of).map(({ kind, name, cell }) => ({
      kind: kind as StepSample['kind'],
      name,
      count: cell.count,
      errors: cell.errors,
      ...timesOf(cell),
      ...(cell.usage && { usage: cell.usage }),
    })),
  };
}
