import type { TraceStatus } from '../model/status.js';
import type { TraceCounts, TraceSample } from '../model/trace.js';
import type { CatalogDb } from './catalog-db.js';

interface StatusCount {
  status: TraceStatus;
  n: number;
}

export function countTraces(db: CatalogDb): TraceCounts {
  const counts: TraceCounts = { total: 0, active: 0, errors: 0 };
  for (const { status, n } of db.all<StatusCount>('countsByStatus')) {
    counts.total += n;
    if (status === 'active') counts.active += n;
    if (status === 'error') counts.errors += n;
  }
  return counts;
}

export function sampleTraces(db: CatalogDb, range: { since?: number; until?: number }): TraceSample {
  const bounds = [range.since ?? 0, range.until ?? Number.MAX_SAFE_INTEGER] as const;
  const { oldest, newest } = db.get<{ oldest: number | null; newest: number | null }>('sampleRange', ...bounds)!;
  const durations = Float64Array.from(
    db.all<{ us: number }>('sampleDurations', ...bounds),
    ({ us }) => us / 1000,
  ).sort();
  const width = bucketWidth((newest ?? 0) - (oldest ?? 0));
  return {
    byStatus: Object.fromEntries(db.all<StatusCount>('sampleStatus', ...bounds).map(({ status, n }) => [status, n])),
    durations: Array.from(durations),
    routing: db
      .all<{ name: string; n: number }>('sampleTags', 'hop', ...bounds)
      .map(({ name, n }) => ({ route: name, count: n })),
    tools: db
      .all<{ name: string; n: number }>('sampleTags', 'tool', ...bounds)
      .map(({ name, n }) => ({ name, count: n })),
    buckets: db
      .all<{ at: number; total: number; errors: number }>('sampleBuckets', width, ...bounds)
      .map(({ at, total, errors }) => ({ startedAt: at, total, errors })),
  };
}

const SECOND = 1_000_000;
const WIDTHS = [1, 10, 60, 600, 3_600, 21_600].map((seconds) => seconds * SECOND);
const MAX_BUCKETS = 720;

/** Fine enough for any histogram that is drawn of them, few enough to send. In microseconds. */
export function bucketWidth(spanUs: number): number {
  return WIDTHS.find((width) => spanUs / width <= MAX_BUCKETS) ?? 86_400 * SECOND;
}
