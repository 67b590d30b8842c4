import type { TraceKey } from '../model/record.js';
import type { TraceHead } from '../model/trace.js';
import type { RecordConsumer } from '../pipeline/record-consumer.js';
import type { TraceCounters } from './trace-counters.js';

/** Traces whose heads are read at once. */
const HEADS = 200;

/**
 * Gives the counters the head of each trace that this process ends. What ended before is not counted.
 * @param headsOf heads of traces of this directory
 */
export function metricsConsumer(
  counters: TraceCounters,
  headsOf: (keys: readonly TraceKey[]) => Promise<Map<TraceKey, TraceHead>>,
): RecordConsumer {
  let ended: TraceKey[] = [];
  return {
    name: 'metrics',
    durable: false,
    payloads: false,
    kinds: ['end'],
    consume: ({ records }) => {
      for (const record of records) if (record.kind === 'end') ended.push(record.trace);
    },
    flush: async () => {
      while (ended.length > 0) {
        const some = ended.slice(0, HEADS);
        const heads = await headsOf(some);
        ended = ended.slice(some.length);
        for (const key of some) {
          const head = heads.get(key);
          if (head) counters.add(head);
        }
      }
    },
  };
}
