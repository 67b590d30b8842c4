import type { StoreHealth, TraceReader } from '../store/port.js';
import type { TraceCounts } from '../model/trace.js';
import type { HealthResponse } from '../contract/responses.js';
import { health, type HealthFacts } from '../views/stats/health.js';

const NO_COUNTS: TraceCounts = { total: 0, active: 0, errors: 0 };
const NO_HEALTH: StoreHealth = {
  journal: { bytes: 0, segments: 0, lag: 0 },
  dropped: {},
  corruptRecords: 0,
  problems: [],
};

/** Health answers always: that the store cannot be asked is what it is asked for. */
export async function queryHealth(
  reader: Pick<TraceReader, 'counts' | 'health'>,
  own: { version: string; internalErrors: number; now: number } & Pick<Partial<HealthFacts>, 'problems' | 'consumers'>,
): Promise<HealthResponse> {
  const [counts, store] = await Promise.allSettled([reader.counts(), reader.health()]);
  const failures = [counts, store].flatMap((result) =>
    result.status === 'rejected' ? [sentence(result.reason as unknown)] : [],
  );
  const facts = store.status === 'fulfilled' ? store.value : NO_HEALTH;
  return health({
    ...own,
    counts: counts.status === 'fulfilled' ? counts.value : NO_COUNTS,
    journal: facts.journal,
    dropped: facts.dropped,
    corruptRecords: facts.corruptRecords,
    problems: [...new Set([...(own.problems ?? []), ...facts.problems, ...failures])],
  });
}

function sentence(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
