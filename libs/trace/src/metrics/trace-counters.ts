import type { TraceHead, UsageSums } from '../model/trace.js';
import type { MetricFamily, MetricSample } from '../views/metrics/metric.js';
import { Labelled } from './labelled.js';

/** Upper bounds of the histogram, in seconds: from a webhook that is only stored to an agent that works for minutes. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;
/** Sets of labels. With their series, all counters together have 1,750: 2,000 is the limit of a scrape. */
const MAX_ENDED = 500;
const MAX_TYPES = 30;
const MAX_MODELS = 100;
const NANO = 1e9;

const TOKENS = {
  input: 'input',
  output: 'output',
  cache_read: 'cacheRead',
  cache_write: 'cacheWrite',
  reasoning: 'reasoning',
} as const satisfies Record<string, keyof UsageSums>;

interface Durations {
  /** By bound; the last one has what is longer. */
  buckets: number[];
  sum: number;
}

interface ModelSums {
  calls: number;
  tokens: Record<keyof typeof TOKENS, number>;
  costNano: number;
  unknownCost: number;
}

/** Counts the traces of this process that ended, since it began to count. No contact is ever a label. */
export class TraceCounters {
  private readonly ended = new Labelled(MAX_ENDED, () => ({ count: 0 }));
  private readonly durations = new Labelled<Durations>(MAX_TYPES, () => ({
    buckets: Array.from({ length: BOUNDS.length + 1 }, () => 0),
    sum: 0,
  }));
  private readonly models = new Labelled<ModelSums>(MAX_MODELS, () => ({
    calls: 0,
    tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 },
    costNano: 0,
    unknownCost: 0,
  }));

  add({ status, type, route, startedAt, endedAt, usage }: TraceHead): void {
    const labels = { type: type ?? '' };
    this.ended.of({ status, ...labels, route: route.join(' → ') }).count += 1;
    if (endedAt !== null) observe(this.durations.of(labels), (endedAt - startedAt) / 1e6);
    for (const [model, sums] of Object.entries(usage?.models ?? {})) addUsage(this.models.of({ model }), sums);
  }

  families(): MetricFamily[] {
    return [
      {
        name: 'nestjs_traces_ended_total',
        type: 'counter',
        help: 'Traces that ended in this process, by status, type of webhook and route of agents.',
        samples: Array.from(this.ended.entries(), ({ labels, value: { count } }) => ({ labels, value: count })),
      },
      {
        name: 'nestjs_trace_duration_seconds',
        type: 'histogram',
        help: 'Duration of traces that ended in this process, by type of webhook.',
        samples: Array.from(this.durations.entries(), ({ labels, value }) => histogram(labels, value)).flat(),
      },
      this.perModel('nestjs_trace_llm_calls_total', 'Model calls of traces that ended.', ({ calls }) => calls),
      {
        name: 'nestjs_trace_llm_tokens_total',
        type: 'counter',
        help: 'Tokens of model calls, as far as reported, by kind. Cached tokens are part of the input.',
        samples: Array.from(this.models.entries(), ({ labels, value: { tokens } }) =>
          Object.entries(tokens).map(([kind, value]) => ({ labels: { ...labels, kind }, value })),
        ).flat(),
      },
      this.perModel(
        'nestjs_trace_llm_cost_dollars_total',
        'Cost of model calls in US dollars, as far as known.',
        ({ costNano }) => costNano / NANO,
      ),
      this.perModel(
        'nestjs_trace_llm_unknown_cost_calls_total',
        'Model calls whose cost is not known.',
        ({ unknownCost }) => unknownCost,
      ),
    ];
  }

  private perModel(name: string, help: string, of: (sums: ModelSums) => number): MetricFamily {
    const samples = Array.from(this.models.entries(), ({ labels, value }) => ({ labels, value: of(value) }));
    return { name, type: 'counter', help, samples };
  }
}

function observe(durations: Durations, seconds: number): void {
  const at = BOUNDS.findIndex((bound) => seconds <= bound);
  const bucket = at < 0 ? BOUNDS.length : at;
  durations.buckets[bucket] = (durations.buckets[bucket] ?? 0) + 1;
  durations.sum += seconds;
}

/** Each bucket counts the shorter ones, too. */
function histogram(labels: MetricSample['labels'], { buckets, sum }: Durations): MetricSample[] {
  let total = 0;
  const samples: MetricSample[] = buckets.map((n, i) => {
    total += n;
    return {
      labels: { ...labels, le: BOUNDS[i] === undefined ? '+Inf' : String(BOUNDS[i]) },
      value: total,
      suffix: '_bucket',
    };
  });
  return [...samples, { labels, value: sum, suffix: '_sum' }, { labels, value: total, suffix: '_count' }];
}

function addUsage(into: ModelSums, sums: UsageSums): void {
  into.calls += sums.calls;
  into.costNano += sums.costNano;
  into.unknownCost += sums.unknownCost;
  for (const [kind, key] of Object.entries(TOKENS)) into.tokens[kind as keyof typeof TOKENS] += sums[key];
}
