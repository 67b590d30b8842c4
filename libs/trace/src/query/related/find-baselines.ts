import { routesOf } from '../../model/baseline.js';
import type { Baseline, BaselineQuery } from '../../model/baseline.js';
import type { TraceStore } from '../../store/port.js';
import { firstOfEach } from '../../views/hints/comparing/baseline-hints.js';
import type { AssembledTrace } from '../../views/trace/assemble.js';

/** How traces like these usually go, in their order; none where the store has no baselines or does not answer. */
export async function findBaselines(
  store: Pick<TraceStore, 'baseline'>,
  traces: readonly AssembledTrace[],
): Promise<Baseline[]> {
  try {
    return (await store.baseline?.(traces.map(baselineQuery))) ?? [];
  } catch {
    return [];
  }
}

function baselineQuery(trace: AssembledTrace): BaselineQuery {
  const { head, open, identify, handler } = trace;
  const arrival = {
    handler,
    method: open?.method,
    path: open?.path,
    type: identify?.type,
    direction: identify?.direction,
    media: identify?.media,
  };
  const errors = firstOfEach(trace).map(({ dto: { fingerprint, timestamp } }) => ({
    fingerprint,
    at: Date.parse(timestamp) * 1000,
  }));
  return { at: head.startedAt, routes: routesOf(head, arrival), errors };
}
