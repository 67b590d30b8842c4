import {
  emptySample,
  exactDurations,
  manyDurations,
  namesOf,
  samplePart,
  statusCounts,
  usageFields,
  type SampleDurations,
} from '../../catalog/queries/sample-of-sums.js';
import { UsageByDay } from '../../catalog/queries/usage-by-day.js';
import { LEVELS, type RollupRange, type TimeRange } from '../../catalog/tables/rollups/rollup-range.js';
import { Rollup } from '../../catalog/tables/rollups/rollup.js';
import { MemoryTermNames } from '../../catalog/tables/term-names.js';
import type { Micros } from '../../model/record.js';
import { hasFailed, type TraceStatus } from '../../model/status.js';
import { delay } from '../../model/timers.js';
import type { SamplePart, TraceCounts, TraceSample } from '../../model/trace.js';
import type { TraceStats } from '../../store/port.js';
import type { Database, Sql } from '../connection/database.js';
import { IS_SILENT } from '../heads/silent.js';
import { ensureSchema } from '../schema/migrate.js';
import { OpenSums } from './open-sums.js';
import { barsOf, samplePlan, wholeParts } from './sample-range.js';
import { withSnapshot, type Snapshot } from './snapshot.js';
import { markStale } from './stale.js';
import { closedUntil, storeSums, SumsReader, type SumsRow } from './stored-sums.js';
import { eachActive, eachEnded, type SummedTrace } from './summed-traces.js';
import { addTrace, type Bar, type DatedRollup } from './sums.js';

const [MINUTE, , DAY] = LEVELS;
const DAYS = LEVELS.indexOf(DAY);
/** Names of which a process keeps the numbers. */
const MAX_NAMES = 20_000;

/** An answer waits this long for its sums to be stored: a transaction that changes a trace of their hours may hold them up. */
const MAX_STORE_MS = 300;

const BOUNDS = 'SELECT min(started_us) AS oldest, max(started_us) AS newest FROM nestjs_traces.heads';

const DURATIONS = `
  SELECT coalesce(h.ended_us, h.last_us) - h.started_us AS us
  FROM nestjs_traces.heads h LEFT JOIN nestjs_traces.sources s ON s.source = h.source
  WHERE h.started_us BETWEEN $1 AND $2 AND (h.status <> 'active' OR ${IS_SILENT}) ORDER BY 1`;

const COUNT_ENDED = `
  SELECT status, count(*) AS n FROM nestjs_traces.heads
  WHERE started_us BETWEEN $1 AND $2 AND status <> 'active' GROUP BY status`;

const COUNT_ACTIVE = `
  SELECT CASE WHEN ${IS_SILENT} THEN 'interrupted' ELSE 'active' END AS status, count(*) AS n
  FROM nestjs_traces.heads h LEFT JOIN nestjs_traces.sources s ON s.source = h.source
  WHERE h.status = 'active' GROUP BY 1`;

type Question<T> = (snapshot: Snapshot, sums: SumsReader, names: MemoryTermNames) => Promise<T>;

interface StatusCount {
  status: TraceStatus;
  n: number;
}

/** Counts and distributions, from the stored sums of hours and days. */
export class PostgresStats implements TraceStats {
  /** Ends with the question before. */
  private turn: Promise<unknown> = Promise.resolve();
  private names = new MemoryTermNames();
  private open = new OpenSums();

  constructor(readonly db: Database) {}

  counts(): Promise<TraceCounts> {
    return this.answer(async (snapshot, sums) => {
      const range = await rangeOf(snapshot.sql, {});
      if (!range) return { total: 0, active: 0, errors: 0 };
      const counts: StatusCount[] = await snapshot.sql.rows(COUNT_ACTIVE);
      // Whole days at both ends: an hour that a trace divides would be counted trace by trace.
      const since = Math.floor(range.since / DAY) * DAY;
      const plan = samplePlan({ ...range, since }, closedUntil(snapshot.now));
      for (const { rollup } of await sumsOf(sums, plan.sums)) {
        for (const [status, { count }] of rollup.statuses) counts.push({ status, n: count });
      }
      for (const { since: from, until } of [...plan.divided, ...(plan.open ? [plan.open] : [])]) {
        counts.push(...(await snapshot.sql.rows<StatusCount>(COUNT_ENDED, [from, until])));
      }
      const of = (isCounted: (status: TraceStatus) => boolean): number =>
        counts.reduce((sum, { status, n }) => (isCounted(status) ? sum + n : sum), 0);
      return { total: of(() => true), active: of((status) => status === 'active'), errors: of(hasFailed) };
    });
  }

  sample(given: { since?: number; until?: number }): Promise<TraceSample> {
    return this.answer(async (snapshot, sums, names) => {
      const { sql, now } = snapshot;
      const range = await rangeOf(sql, given);
      if (!range) return emptySample();
      const plan = samplePlan(range, closedUntil(now));
      const barOf = barsOf(range, plan.bars);
      const all = new Rollup();
      const bars = new Map<Micros, Bar>();
      const days = new UsageByDay();
      const addBar = (begin: Micros, { traces, errors }: Bar): void => {
        const bar = bars.get(begin);
        bars.set(begin, { traces: (bar?.traces ?? 0) + traces, errors: (bar?.errors ?? 0) + errors });
      };
      const addSingle = (trace: SummedTrace): void => {
        addTrace(all, trace, names);
        days.addTrace(trace.startedAt, trace.usage);
        const begin = trace.status === 'active' ? trace.startedAt : barOf(trace.startedAt);
        addBar(begin, { traces: 1, errors: hasFailed(trace.status) ? 1 : 0 });
      };
      const addSums = ({ at, rollup, bars: more }: DatedRollup): void => {
        all.merge(rollup);
        days.addRollup(at, rollup);
        for (const [begin, bar] of more) addBar(barOf(begin), bar);
      };
      this.open.forget(closedUntil(now));
      await this.eachOf(snapshot, sums, names, plan, addSingle, addSums);
      await eachActive(sql, range.since, range.until, addSingle);
      return {
        byStatus: statusCounts(all),
        ...(await durationsOf(sql, range, all)),
        ...namesOf(all, names),
        buckets: Array.from(bars, ([startedAt, { traces, errors }]) => ({ startedAt, total: traces, errors })).sort(
          (a, b) => a.startedAt - b.startedAt,
        ),
        ...usageFields(all, days),
      };
    });
  }

  /** `undefined` while stored sums are from a program that did not count replies; they are made again until the next time. */
  async parts(ranges: readonly TimeRange[]): Promise<SamplePart[] | undefined> {
    const old: Micros[] = [];
    const parts = await this.answer(async (snapshot, sums, names) => {
      const bounds = await rangeOf(snapshot.sql, {});
      const found: SamplePart[] = [];
      this.open.forget(closedUntil(snapshot.now));
      for (const { since, until } of ranges) {
        const all = new Rollup();
        const within = bounds && {
          since: Math.ceil(Math.max(since, bounds.since)),
          until: Math.floor(Math.min(until, bounds.until)),
        };
        if (within && within.since <= within.until) {
          const addSingle = (trace: SummedTrace): void => addTrace(all, trace, names);
          await this.eachOf(snapshot, sums, names, samplePlan(within, closedUntil(snapshot.now)), addSingle, (part) => {
            all.merge(part.rollup);
            if (!part.hasReplies) old.push(part.at);
          });
          await eachActive(snapshot.sql, within.since, within.until, addSingle);
        }
        found.push(samplePart(all));
      }
      return found;
    });
    if (old.length === 0) return parts;
    // A database that takes no writes has them for ever.
    await markStale(this.db, old).catch(() => undefined);
    return undefined;
  }

  /** Calls for each stored or kept sum of a plan, and for each ended trace that is in none of them. */
  private async eachOf(
    { sql }: Snapshot,
    sums: SumsReader,
    names: MemoryTermNames,
    plan: ReturnType<typeof samplePlan>,
    addSingle: (trace: SummedTrace) => void,
    addSums: (part: DatedRollup) => void,
  ): Promise<void> {
    for (const each of await sumsOf(sums, plan.sums)) addSums(each);
    for (const each of plan.divided) {
      const { from, to, rest } = wholeParts(each);
      if (from < to) addSums(await sums.parts(from, to));
      for (const { since, until } of rest) await eachEnded(sql, since, until, addSingle);
    }
    if (!plan.open) return;
    const { from, to, rest } = wholeParts(plan.open);
    if (from < to) for (const each of await this.open.parts(sql, names, from, to)) addSums(each);
    for (const { since, until } of rest) await eachEnded(sql, since, until, addSingle);
  }

  /** One question at a time: the second one finds the sums that the first one had to make. */
  private answer<T>(question: Question<T>): Promise<T> {
    const answer = this.turn.then(() => this.ask(question));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  /** Answers from one snapshot, and then stores the sums that it had to make. */
  private async ask<T>(question: Question<T>): Promise<T> {
    await ensureSchema(this.db, 'read');
    if (this.names.size > MAX_NAMES) [this.names, this.open] = [new MemoryTermNames(), new OpenSums()];
    const { names } = this;
    let made: readonly SumsRow[] = [];
    let of!: Snapshot;
    const answer = await withSnapshot(this.db, (snapshot) => {
      const sums = new SumsReader(snapshot, names);
      [made, of] = [sums.made, snapshot];
      return question(snapshot, sums, names);
    });
    if (made.length > 0) {
      // A database that takes no writes still answers: the next question makes them again.
      const stored = storeSums(this.db, of, made).catch(() => undefined);
      await Promise.race([stored, delay(MAX_STORE_MS, { ref: false })]);
    }
    return answer;
  }
}

/** Limits the range to the minutes in which there are traces. */
async function rangeOf(
  sql: Sql,
  { since = -Infinity, until = Infinity }: Partial<TimeRange>,
): Promise<TimeRange | undefined> {
  const [bounds] = await sql.rows<{ oldest: Micros | null; newest: Micros | null }>(BOUNDS);
  if (bounds?.oldest == null || bounds.newest === null) return undefined;
  const begin = Math.floor(bounds.oldest / MINUTE) * MINUTE;
  const end = (Math.floor(bounds.newest / MINUTE) + 1) * MINUTE - 1;
  // Numbers of a query may have fractions, which the columns have not.
  const range = { since: Math.ceil(Math.max(since, begin)), until: Math.floor(Math.min(until, end)) };
  return range.since <= range.until ? range : undefined;
}

async function sumsOf(sums: SumsReader, ranges: readonly RollupRange[]): Promise<DatedRollup[]> {
  const found: DatedRollup[] = [];
  for (const { level, from, to } of ranges) {
    found.push(...(level === DAYS ? await sums.days(from, to) : await sums.hours(from, to)));
  }
  return found;
}

async function durationsOf(sql: Sql, { since, until }: TimeRange, sums: Rollup): Promise<SampleDurations> {
  const many = manyDurations(sums);
  if (many) return many;
  return exactDurations((await sql.rows<{ us: number }>(DURATIONS, [since, until])).map(({ us }) => us));
}
