import { TRACE_STATUSES } from '../model/status.js';
import { isoMicros } from '../model/trace-id.js';
import type { TraceSample } from '../model/trace.js';
import type { StatsAnswer } from './answers.js';
import { histogram } from './histogram.js';

export function stats(sample: TraceSample, range: { since?: number; until?: number }): StatsAnswer {
  const byStatus = Object.fromEntries(
    TRACE_STATUSES.map((status) => [status, sample.byStatus[status] ?? 0]),
  ) as StatsAnswer['by_status'];
  const total = TRACE_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
  const sorted = [...sample.durations].sort((a, b) => a - b);
  return {
    since: range.since === undefined ? null : isoMicros(range.since),
    until: range.until === undefined ? null : isoMicros(range.until),
    total_traces: total,
    error_traces: byStatus.error,
    error_rate: total === 0 ? 0 : rounded(byStatus.error / total, 4),
    average_duration_ms: sorted.length === 0 ? 0 : rounded(sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length, 3),
    p50_ms: percentile(sorted, 50),
    p95_ms: percentile(sorted, 95),
    p99_ms: percentile(sorted, 99),
    agent_routing: counts(sample.routing.map(({ route, count }) => [route, count])),
    tools: counts(sample.tools.map(({ name, count }) => [name, count])),
    active_traces: byStatus.active,
    by_status: byStatus,
    histogram: histogram(sample.buckets, range),
  };
}

/** Nearest rank: always a duration that really was. 0 when there are none. */
export function percentile(ascending: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * ascending.length);
  return rounded(ascending[Math.max(0, rank - 1)] ?? 0, 3);
}

/** Most often first, so that the order is the ranking. A tool called `__proto__` is a tool too. */
function counts(entries: [string, number][]): Record<string, number> {
  return Object.fromEntries(entries.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
