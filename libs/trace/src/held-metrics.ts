import { metricsConsumer } from './metrics/metrics-consumer.js';
import { TraceCounters } from './metrics/trace-counters.js';
import { ConsumerHost } from './pipeline/consumer-host.js';
import type { LocalJournal } from './store/embedded/embedded-store.js';
import type { MetricFamily } from './views/metrics/metric.js';

/** Counts of traces for the metrics of an application. */
export interface HeldMetrics {
  /** The counts until now. The first call begins to count: an application that no monitor scrapes does no work for it. */
  families(): MetricFamily[];
  close(): Promise<void>;
}

export function holdMetrics(dir: string, local: LocalJournal): HeldMetrics {
  const counters = new TraceCounters();
  let host: ConsumerHost | undefined;
  const consumer = metricsConsumer(counters, (keys) => local.store.feed.heads(keys));
  return {
    families: () => {
      host ??= new ConsumerHost({ dir, writer: local.writer, consumers: [consumer] });
      return counters.families();
    },
    close: async () => host?.close(0),
  };
}
