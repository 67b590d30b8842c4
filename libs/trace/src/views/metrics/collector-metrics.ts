import type { HealthResponse } from '../../contract/responses.js';
import type { AlertChannelState } from '../../model/alert-state.js';
import type { MetricFamily, MetricSample } from './metric.js';

/** Values of one label in a scrape. */
const MAX_NAMES = 50;

/** What metrics show of a channel of alerts. */
export type CountedChannel = Pick<AlertChannelState, 'name' | 'sent' | 'failed' | 'dropped' | 'failing'>;

/** State of the collector itself as metrics. */
export function collectorMetrics(health: HealthResponse, channels: readonly CountedChannel[]): MetricFamily[] {
  const { journal, shared, consumers = [], dropped } = health;
  const alerts = channels.slice(0, MAX_NAMES);
  return [
    gauge('nestjs_trace_collector_info', 'Version of nestjs-trace-collector.', [one(1, { version: health.version })]),
    gauge('nestjs_trace_collector_healthy', '1 if health is ok, 0 if it is degraded.', [
      one(health.status === 'ok' ? 1 : 0),
    ]),
    gauge(
      'nestjs_trace_active_traces',
      'Traces that run now.',
      health.active_traces === null ? [] : [one(health.active_traces)],
    ),
    gauge('nestjs_trace_journal_bytes', 'Size of the journal.', [one(journal.bytes)]),
    gauge('nestjs_trace_journal_segments', 'Files of the journal.', [one(journal.segments)]),
    gauge('nestjs_trace_index_lag_bytes', 'Bytes of the journal that are not indexed yet.', [one(journal.lag)]),
    counter(
      'nestjs_trace_dropped_records_total',
      'Records that were not written, by cause.',
      Object.entries(dropped)
        .slice(0, MAX_NAMES)
        .map(([cause, n]) => one(n, { cause })),
    ),
    gauge('nestjs_trace_corrupt_records', 'Records that could not be read back.', [one(health.corrupt_records)]),
    counter('nestjs_trace_self_errors_total', 'How often the collector itself failed.', [one(health.self_errors)]),
    gauge(
      'nestjs_trace_consumer_lag_bytes',
      'Bytes of the journal that a consumer has not consumed.',
      consumers.slice(0, MAX_NAMES).map(({ name, lag_bytes }) => one(lag_bytes, { consumer: name })),
    ),
    gauge(
      'nestjs_trace_shared_store_up',
      '1 if the shared store answers.',
      shared ? [one(shared.connected ? 1 : 0)] : [],
    ),
    gauge(
      'nestjs_trace_shared_store_lag_bytes',
      'Bytes of the journal that the shared store has not got.',
      shared ? [one(shared.lag_bytes)] : [],
    ),
    gauge(
      'nestjs_trace_shared_store_lag_seconds',
      'Age of the oldest record that the shared store has not got.',
      shared ? [one(shared.lag_ms / 1_000)] : [],
    ),
    counter('nestjs_trace_alerts_sent_total', 'Alerts that a channel took.', byChannel(alerts, 'sent')),
    counter('nestjs_trace_alerts_failed_total', 'Alerts that were given up.', byChannel(alerts, 'failed')),
    counter('nestjs_trace_alerts_dropped_total', 'Alerts that were not tried.', byChannel(alerts, 'dropped')),
  ];
}

function byChannel(channels: readonly CountedChannel[], key: 'sent' | 'failed' | 'dropped'): MetricSample[] {
  return channels.map((channel) => one(channel[key], { channel: channel.name }));
}

function one(value: number, labels: MetricSample['labels'] = {}): MetricSample {
  return { labels, value };
}

function gauge(name: string, help: string, samples: MetricSample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: MetricSample[]): MetricFamily {
  return { name, type: 'counter', help, samples };
}
