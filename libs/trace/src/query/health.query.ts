import type { StoreHealth, TraceStore } from '../store/port.js';
import type { TraceCounts } from '../model/trace.js';
import type { HealthResponse } from '../contract/responses.js';
import { health, type HealthFacts } from '../views/stats/health.js';
import { missingCapabilities } from './capabilities.js';

const NO_COUNTS: TraceCounts = { total: 0, active: 0, errors: 0 };
const NO_JOURNAL = { bytes: 0, segments: 0, lag: 0 };

/** @param local health of the journal that capture writes, where `store` is not the one that reads it */
export async function queryHealth(
  store: Pick<TraceStore, 'stats' | 'health'>,
  own: { version: string; internalErrors: number; now: number } & Pick<
    Partial<HealthFacts>,
    'problems' | 'consumers' | 'alerts' | 'otlp' | 'received'
  >,
  local: () => Promise<StoreHealth> = async () => ({ problems: [] }),
): Promise<HealthResponse> {
  const results = await Promise.allSettled([store.stats?.counts(), store.health(), local()]);
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [sentence(result.reason)] : []));
  const [counts, ...parts] = results;
  const found = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
  return health({
    ...own,
    counts: counts.status === 'fulfilled' ? counts.value : NO_COUNTS,
    journal: found.find(({ journal }) => journal)?.journal ?? NO_JOURNAL,
    dropped: Object.assign({}, ...found.map(({ dropped }) => dropped)) as Record<string, number>,
    corruptRecords: found.reduce((sum, { corruptRecords = 0 }) => sum + corruptRecords, 0),
    shared: found.find(({ shared }) => shared)?.shared,
    problems: [...new Set([...(own.problems ?? []), ...found.flatMap(({ problems }) => problems), ...failures])],
    missing: missingCapabilities(store as TraceStore),
  });
}

function sentence(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
