import { bucketMs } from '../../catalog/tables/rollups/latency.js';
import { levelOfBars, LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import type { TraceStatus } from '../../model/status.js';
import type { SamplePart, StepSample, TraceCounts, TraceSample, UsageSums } from '../../model/trace.js';
import { addSums, areEmpty, emptySums } from '../../model/usage-sums.js';
import type { TraceStats } from '../../store/port.js';
import type { ClickHouse } from '../connection/click-house.js';
import { sumsOf } from '../heads/head-row.js';
import { ensureSchema } from '../schema/migrate.js';
import { BARS, COUNTS, DURATIONS, PARTS, RANGE, SPENT, STATUSES, USAGE_BY_DAY, USES } from './stats.sql.js';

/** Up to this many durations are returned one by one. */
const MAX_EXACT = 1_000;
const STEP_KINDS = ['agent', 'tool', 'model', 'host'] as const;
/** Names of one kind in a sample. */
const MAX_NAMES = 500;
/** Days of a sample, the newest. */
const MAX_DAYS = 400;
const [MINUTE, , DAY] = LEVELS;

/** Buckets of durations and the number of durations in each. */
type Buckets = [buckets: number[], counts: number[]];
interface StatusRow {
  status: TraceStatus;
  n: number;
  us: number;
  took: Buckets;
}
interface UseRow {
  kind: 'hop' | StepSample['kind'];
  name: string;
  n: number;
  errors: number;
  us: number;
  took: Buckets;
}

interface PartRow {
  part: number;
  total: number;
  failed: number;
  took: Buckets;
  replies: number;
  sums: number[];
}

/** Counts and distributions over the traces of a range, by SQL. */
export class ClickHouseStats implements TraceStats {
  constructor(readonly db: ClickHouse) {}

  async counts(): Promise<TraceCounts> {
    await ensureSchema(this.db, 'read');
    const [counts] = await this.db.rows<TraceCounts>(COUNTS);
    return counts!;
  }

  async sample(given: { since?: number; until?: number }): Promise<TraceSample> {
    const { db } = this;
    await ensureSchema(db, 'read');
    const [all] = await db.rows<{ oldest: number; newest: number; n: number }>(RANGE);
    const { oldest, newest, n } = all!;
    // Whole minutes, as in the sums of a directory: an end that was not given divides no bar.
    const since = Math.max(given.since ?? 0, Math.floor(oldest / MINUTE) * MINUTE);
    const until = Math.min(given.until ?? Infinity, (Math.floor(newest / MINUTE) + 1) * MINUTE - 1);
    if (n === 0 || since > until) return { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };
    const range = { since: Math.ceil(since), until: Math.floor(until) };
    const width = LEVELS[levelOfBars(until - since)]!;
    const [statuses, uses, spent, days, bars] = await Promise.all([
      db.rows<StatusRow>(STATUSES, range),
      db.rows<UseRow>(USES, { ...range, names: MAX_NAMES }),
      db.rows<{ kind: string; name: string; sums: number[] }>(SPENT, range),
      db.rows<{ day: number; sums: number[] }>(USAGE_BY_DAY, { ...range, width: DAY }),
      db.rows<{ at: number; total: number; errors: number }>(BARS, { ...range, width }),
    ]);
    return {
      byStatus: Object.fromEntries(statuses.map(({ status, n: count }) => [status, count])),
      ...(await this.durations(statuses, range)),
      ...namesOf(uses, spent),
      buckets: bars.map(({ at, total, errors }) => ({ startedAt: Math.max(at, range.since), total, errors })),
      ...usageOf(days),
    };
  }

  async parts(ranges: readonly { since: number; until: number }[]): Promise<SamplePart[]> {
    await ensureSchema(this.db, 'read');
    const sinces = ranges.map(({ since }) => Math.ceil(since));
    const untils = ranges.map(({ until }) => Math.floor(until));
    const span = { since: Math.min(...sinces), until: Math.max(...untils) };
    const rows = ranges.length === 0 ? [] : await this.db.rows<PartRow>(PARTS, { ...span, sinces, untils });
    const found = new Map(rows.map((row) => [row.part, row]));
    return ranges.map((_, i) => partOf(found.get(i + 1)));
  }

  /** Durations of ended traces. */
  private async durations(
    statuses: readonly StatusRow[],
    range: { since: number; until: number },
  ): Promise<Pick<TraceSample, 'durations' | 'weights' | 'totalMs'>> {
    const ended = statuses.filter(({ status }) => status !== 'active');
    if (sum(ended.map(({ n }) => n)) <= MAX_EXACT) {
      const exact = await this.db.rows<{ us: number }>(DURATIONS, range);
      return { durations: exact.map(({ us }) => us / 1000) };
    }
    const took = new Map<number, number>();
    for (const {
      took: [buckets, counts],
    } of ended) {
      buckets.forEach((bucket, i) => took.set(bucket, (took.get(bucket) ?? 0) + counts[i]!));
    }
    const sorted = [...took].sort(([a], [b]) => a - b);
    return timesOf([sorted.map(([bucket]) => bucket), sorted.map(([, n]) => n)], sum(ended.map(({ us }) => us)));
  }
}

function partOf(row: PartRow | undefined): SamplePart {
  if (!row) return { total: 0, failed: 0, durations: [], weights: [], replies: 0 };
  const { total, failed, took, replies, sums } = row;
  const [buckets, counts] = took;
  const usage = sumsOf(sums);
  return {
    total,
    failed,
    durations: buckets.map(bucketMs),
    weights: counts,
    replies,
    ...(usage && !areEmpty(usage) && { usage }),
  };
}

function namesOf(
  uses: readonly UseRow[],
  spent: readonly { kind: string; name: string; sums: number[] }[],
): Required<Pick<TraceSample, 'routing' | 'tools' | 'steps'>> {
  const usage = new Map(spent.map(({ kind, name, sums }) => [`${kind}:${name}`, sumsOf(sums)]));
  const used = new Set(uses.map(({ kind, name }) => `${kind}:${name}`));
  // Models that only have model calls inside of other models' spans.
  const unused = spent.filter(({ kind, name }) => !used.has(`${kind}:${name}`));
  const none = { n: 0, errors: 0, us: 0, took: [[], []] as Buckets };
  const all = [...uses, ...unused.map(({ kind, name }) => ({ kind: kind as UseRow['kind'], name, ...none }))];
  const of = (kind: string): UseRow[] => all.filter((use) => use.kind === kind).slice(0, MAX_NAMES);
  return {
    routing: of('hop').map(({ name, n }) => ({ route: name, count: n })),
    tools: of('tool').map(({ name, n }) => ({ name, count: n })),
    steps: STEP_KINDS.flatMap((kind) =>
      of(kind).map(({ name, n, errors, us, took }) => {
        const sums = usage.get(`${kind}:${name}`);
        return { kind, name, count: n, errors, ...timesOf(took, us), ...(sums && { usage: sums }) };
      }),
    ),
  };
}

function timesOf([buckets, counts]: Buckets, us: number): { durations: number[]; weights: number[]; totalMs: number } {
  return { durations: buckets.map(bucketMs), weights: counts, totalMs: us / 1000 };
}

function usageOf(days: readonly { day: number; sums: number[] }[]): Pick<TraceSample, 'usage' | 'usageByDay'> {
  const usage = emptySums();
  const byDay: { startedAt: number; usage: UsageSums }[] = [];
  for (const { day, sums } of days) {
    const ofDay = sumsOf(sums);
    if (!ofDay || areEmpty(ofDay)) continue;
    addSums(usage, ofDay);
    byDay.push({ startedAt: day, usage: ofDay });
  }
  return areEmpty(usage) ? {} : { usage, usageByDay: byDay.slice(-MAX_DAYS) };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
