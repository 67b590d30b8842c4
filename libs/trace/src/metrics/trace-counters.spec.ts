import { TRACE_STATUSES } from '../model/status.js';
import type { TraceHead } from '../model/trace.js';
import { emptyHead } from '../model/trace.reducer.js';
import { emptySums } from '../model/usage-sums.js';
import { collectorMetrics } from '../views/metrics/collector-metrics.js';
import { MAX_SERIES, prometheusText } from '../views/metrics/prometheus-text.js';
import { health } from '../views/stats/health.js';
import { TraceCounters } from './trace-counters.js';

const SECOND = 1_000_000;

function head(n: number, given: Partial<TraceHead> = {}): TraceHead {
  return { ...emptyHead(`1-${n}`), status: 'completed', startedAt: 0, endedAt: SECOND, type: 'generic', ...given };
}

function usage(model: string, costNano: number): TraceHead['usage'] {
  const sums = { ...emptySums(), calls: 1, input: 100, output: 20, costNano };
  return { ...sums, models: { [model]: sums }, agents: {}, spans: {}, prices: [] };
}

describe('the counters of traces', () => {
  it('count by status, type and route, durations by type, and tokens and cost by model', () => {
    const counters = new TraceCounters();
    counters.add(head(1, { route: ['supervisor', 'sofia'], usage: usage('gpt-5-mini', 1_500_000_000) }));
    counters.add(head(2, { route: ['supervisor', 'sofia'], endedAt: 45 * SECOND }));
    counters.add(head(3, { status: 'error', type: null, endedAt: 1_000 * SECOND }));
    const text = prometheusText(counters.families());
    for (const line of [
      '# TYPE nestjs_traces_ended_total counter',
      'nestjs_traces_ended_total{status="completed",type="generic",route="supervisor → sofia"} 2',
      'nestjs_traces_ended_total{status="error",type="",route=""} 1',
      'nestjs_trace_duration_seconds_bucket{type="generic",le="0.5"} 0',
      'nestjs_trace_duration_seconds_bucket{type="generic",le="1"} 1',
      'nestjs_trace_duration_seconds_bucket{type="generic",le="60"} 2',
      'nestjs_trace_duration_seconds_bucket{type="",le="300"} 0',
      'nestjs_trace_duration_seconds_bucket{type="",le="+Inf"} 1',
      'nestjs_trace_duration_seconds_sum{type="generic"} 46',
      'nestjs_trace_duration_seconds_count{type="generic"} 2',
      'nestjs_trace_llm_calls_total{model="gpt-5-mini"} 1',
      'nestjs_trace_llm_tokens_total{model="gpt-5-mini",kind="input"} 100',
      'nestjs_trace_llm_cost_dollars_total{model="gpt-5-mini"} 1.5',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('stay below the limit of series, with the rest in `other`, whatever the names are', () => {
    const counters = new TraceCounters();
    for (let n = 0; n < 3_000; n += 1) {
      const status = TRACE_STATUSES[n % TRACE_STATUSES.length]!;
      counters.add(head(n, { status, type: `type-${n}`, route: [`agent-${n}`], usage: usage(`model-${n}`, 1e9) }));
    }
    const consumers = Array.from({ length: 200 }, (_, n) => ({ name: `consumer-${n}`, lag_bytes: 1 }));
    const dropped = Object.fromEntries(consumers.map(({ name }) => [name, 1]));
    const state = health({
      counts: { total: 1, active: 1, errors: 0 },
      journal: { bytes: 1, segments: 1, lag: 0 },
      shared: {
        kind: 'postgres',
        connected: true,
        since: '',
        lag_bytes: 0,
        lag_ms: 0,
        unshipped_lost: 0,
        last_error: null,
      },
      dropped,
      consumers,
      corruptRecords: 0,
      problems: [],
      internalErrors: 0,
      version: '1',
      now: 0,
    });
    const channels = consumers.map(({ name }) => ({ name, sent: 1, failed: 0, dropped: 0, failing: null }));
    const families = [...counters.families(), ...collectorMetrics(state, channels)];
    const series = families.reduce((sum, { samples }) => sum + samples.length, 0);
    expect(series).toBeGreaterThan(1_500);
    expect(series).toBeLessThanOrEqual(MAX_SERIES);
    const text = prometheusText(families);
    expect(text).toContain('nestjs_traces_ended_total{status="other",type="other",route="other"} 2501');
    expect(text).toContain('nestjs_trace_llm_cost_dollars_total{model="other"} 2901');
    // Nothing is missing from the sums.
    const total = [...text.matchAll(/^nestjs_traces_ended_total.* (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    expect(total).toBe(3_000);
  });
});
