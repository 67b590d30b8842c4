import { FAILED_STATUSES, TRACE_STATUSES } from '../../model/status.js';
import { isoMicros } from '../../model/trace-id.js';
import type { StepSample, TraceSample } from '../../model/trace.js';
import type { StatsResponse, StepStats, UsageDto } from '../../contract/responses.js';
import { usageDto } from '../trace/usage-dto.js';
import { histogram } from './histogram.js';

export function stats(sample: TraceSample, range: { since?: number; until?: number }): StatsResponse {
  const byStatus = Object.fromEntries(
    TRACE_STATUSES.map((status) => [status, sample.byStatus[status] ?? 0]),
  ) as StatsResponse['by_status'];
  const total = TRACE_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
  const failed = FAILED_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
  return {
    since: range.since === undefined ? null : isoMicros(range.since),
    until: range.until === undefined ? null : isoMicros(range.until),
    total_traces: total,
    error_traces: failed,
    error_rate: total === 0 ? 0 : rounded(failed / total, 4),
    ...times(sample),
    agent_routing: counts(sample.routing.map(({ route, count }) => [route, count])),
    tools: counts(sample.tools.map(({ name, count }) => [name, count])),
    by_agent: steps(sample.steps, 'agent'),
    by_tool: steps(sample.steps, 'tool'),
    ...(has(sample.steps, 'model') && { by_model: steps(sample.steps, 'model') }),
    ...(has(sample.steps, 'host') && { by_host: steps(sample.steps, 'host') }),
    ...(sample.usage && { usage: usageDto(sample.usage) }),
    ...(sample.usageByDay && { usage_by_day: sample.usageByDay.map(dayUsage) }),
    active_traces: byStatus.active,
    by_status: byStatus,
    histogram: histogram(sample.buckets, range),
  };
}

type Times = Pick<StatsResponse, 'average_duration_ms' | 'p50_ms' | 'p95_ms' | 'p99_ms'>;

/** Mean and percentiles in milliseconds; zeros where there are no durations. */
function times({ durations, weights, totalMs }: Pick<TraceSample, 'durations' | 'weights' | 'totalMs'>): Times {
  const sorted = durations.map((ms, i) => ({ ms, n: weights?.[i] ?? 1 })).sort((a, b) => a.ms - b.ms);
  const n = sorted.reduce((sum, each) => sum + each.n, 0);
  const sum = totalMs ?? sorted.reduce((all, each) => all + each.ms * each.n, 0);
  return {
    average_duration_ms: n === 0 ? 0 : rounded(sum / n, 3),
    p50_ms: weighted(sorted, n, 50),
    p95_ms: weighted(sorted, n, 95),
    p99_ms: weighted(sorted, n, 99),
  };
}

/** Percentile by nearest rank, so the result is one of the durations; 0 where there are none. */
export function percentile(ascending: readonly number[], percent: number): number {
  return weighted(
    ascending.map((ms) => ({ ms, n: 1 })),
    ascending.length,
    percent,
  );
}

export function weighted(ascending: readonly { ms: number; n: number }[], total: number, percent: number): number {
  let rank = Math.ceil((percent / 100) * total);
  for (const { ms, n } of ascending) {
    rank -= n;
    if (rank <= 0) return rounded(ms, 3);
  }
  return 0;
}

function steps(all: readonly StepSample[] = [], kind: StepSample['kind']): Record<string, StepStats> {
  const of = all.filter((step) => step.kind === kind);
  return Object.fromEntries(
    of.map((step) => [
      step.name,
      {
        count: step.count,
        errors: step.errors,
        ...times(step),
        ...(step.usage && { usage: usageDto(step.usage) }),
      },
    ]),
  );
}

function has(all: readonly StepSample[] = [], kind: StepSample['kind']): boolean {
  return all.some((step) => step.kind === kind);
}

function dayUsage({ startedAt, usage }: NonNullable<TraceSample['usageByDay']>[number]): { day: string } & UsageDto {
  return { day: isoMicros(startedAt).slice(0, 10), ...usageDto(usage) };
}

/** Counts by name, highest first. `fromEntries`, because a tool may be called `__proto__`. */
function counts(entries: [string, number][]): Record<string, number> {
  return Object.fromEntries(entries.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
