import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { TraceCounts } from '../../model/trace.js';
import type { HealthResponse } from '../../contract/responses.js';
import { countOf } from '../text/durations.js';

export interface HealthFacts {
  /** `undefined`: the store does not count. */
  counts: TraceCounts | undefined;
  journal: HealthResponse['journal'];
  dropped: Record<string, number>;
  consumers?: HealthResponse['consumers'];
  alerts?: HealthResponse['alerts'];
  otlp?: HealthResponse['otlp'];
  received?: HealthResponse['otlp_received'];
  /** `undefined`: there is no shared store. */
  shared?: HealthResponse['shared'];
  corruptRecords: number;
  /** Sentences about problems of the store and of its queries. */
  problems: readonly string[];
  /** Capabilities that the store has not got. Default: none. */
  missing?: readonly string[];
  internalErrors: number;
  version: string;
  now: Micros;
}

/** `degraded` if anything was lost or does not work; `reasons` has one sentence for each. */
export function health(facts: HealthFacts): HealthResponse {
  const dropped = Object.entries(facts.dropped).filter(([, count]) => count > 0);
  const reasons = [...facts.problems];
  const taken = dropped.filter(([cause]) => cause.startsWith('segment_'));
  const unwritten = dropped.filter((each) => !taken.includes(each));
  if (unwritten.length > 0) reasons.push(`${counted(unwritten)[0]} could not be written (${counted(unwritten)[1]}).`);
  if (taken.length > 0) {
    reasons.push(
      `${counted(taken)[0]} disappeared with a journal file that another program changed (${counted(taken)[1]}).`,
    );
  }
  if (facts.corruptRecords > 0) reasons.push(`${countOf(facts.corruptRecords, 'record')} could not be read back.`);
  if (facts.internalErrors > 0) {
    reasons.push(
      `The collector itself failed ${countOf(facts.internalErrors, 'time')}; the application was not affected.`,
    );
  }
  return {
    status: reasons.length === 0 ? 'ok' : 'degraded',
    reasons,
    total_traces: facts.counts?.total ?? null,
    active_traces: facts.counts?.active ?? null,
    error_traces: facts.counts?.errors ?? null,
    timestamp: isoMicros(facts.now),
    journal: { ...facts.journal },
    ...(facts.shared && { shared: facts.shared }),
    dropped: { ...facts.dropped },
    ...(facts.consumers && { consumers: facts.consumers }),
    ...(facts.alerts && { alerts: facts.alerts }),
    ...(facts.otlp && { otlp: facts.otlp }),
    ...(facts.received && { otlp_received: facts.received }),
    corrupt_records: facts.corruptRecords,
    self_errors: facts.internalErrors,
    version: facts.version,
    ...(facts.missing?.length && { not_supported: [...facts.missing] }),
  };
}

/** Number of records in total and by cause, in words. */
function counted(dropped: [cause: string, count: number][]): [total: string, causes: string] {
  const total = dropped.reduce((sum, [, count]) => sum + count, 0);
  return [countOf(total, 'record'), dropped.map(([cause, count]) => `${cause}: ${count}`).join(', ')];
}
