import type { SamplePart, StepSample, TraceSample } from '../../model/trace.js';
import { bucketMs } from '../tables/rollups/latency.js';
import { Cell, OTHER_TERMS, type Rollup } from '../tables/rollups/rollup.js';
import type { TermNames } from '../tables/term-names.js';
import type { UsageByDay } from './usage-by-day.js';

/** Up to this many durations are returned one by one; reading them takes 2 ms. */
const MAX_EXACT = 1_000;
const STEP_KINDS = ['agent', 'tool', 'model', 'host'] as const;
/** Names of one kind in a sample. */
const MAX_NAMES = 500;

export type SampleDurations = Pick<TraceSample, 'durations' | 'weights' | 'totalMs'>;

/** The sample of a range without traces. */
export function emptySample(): TraceSample {
  return { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };
}

export function statusCounts({ statuses }: Rollup): TraceSample['byStatus'] {
  return Object.fromEntries(Array.from(statuses, ([status, { count }]) => [status, count]));
}

/** The numbers of one part of a range. */
export function samplePart(sums: Rollup): SamplePart {
  const ended = new Cell();
  const all = new Cell();
  for (const [status, cell] of sums.statuses) {
    all.merge(cell);
    if (status !== 'active') ended.merge(cell);
  }
  const { durations, weights } = timesOf(ended);
  const usage = all.usage && { usage: all.usage };
  return { total: sums.traces, failed: sums.errors, durations, weights, replies: sums.replies, ...usage };
}

/** Durations of ended traces by bucket; `undefined`: they are few, and each one is asked for. */
export function manyDurations({ statuses }: Rollup): SampleDurations | undefined {
  const all = new Cell();
  for (const [status, cell] of statuses) if (status !== 'active') all.merge(cell);
  return all.count > MAX_EXACT ? timesOf(all) : undefined;
}

/** @param us durations of all ended traces in microseconds, ascending */
export function exactDurations(us: readonly number[]): SampleDurations {
  return { durations: us.map((each) => each / 1000) };
}

/** Hops, tools and steps, most often used first. */
export function namesOf(
  { terms }: Rollup,
  names: Pick<TermNames, 'get'>,
): Required<Pick<TraceSample, 'routing' | 'tools' | 'steps'>> {
  const named = Array.from(terms).flatMap(([id, cell]) => {
    const term = id === OTHER_TERMS ? undefined : names.get(id);
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

export function usageFields({ statuses }: Rollup, days: UsageByDay): Pick<TraceSample, 'usage' | 'usageByDay'> {
  const all = new Cell();
  for (const cell of statuses.values()) all.merge(cell);
  return all.usage ? { usage: all.usage, usageByDay: days.result() } : {};
}

function timesOf({ took, us }: Cell): { durations: number[]; weights: number[]; totalMs: number } {
  const buckets = Array.from(took).sort(([a], [b]) => a - b);
  return {
    durations: buckets.map(([bucket]) => bucketMs(bucket)),
    weights: buckets.map(([, n]) => n),
    totalMs: us / 1000,
  };
}
