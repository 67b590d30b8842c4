import type { HealthResponse } from '../contract/responses.js';
import { performance } from '../model/timers.js';
import { type CountedChannel, collectorMetrics } from '../views/metrics/collector-metrics.js';
import type { MetricFamily } from '../views/metrics/metric.js';
import { prometheusText } from '../views/metrics/prometheus-text.js';

/** A scrape is answered with the last one for this time, in milliseconds: health reads the disk. */
const CACHE_MS = 1_000;

/** Makes the text for Prometheus, once a second at most. */
export class MetricsScrape {
  private last: { at: number; text: Promise<{ text: string }> } | undefined;

  /** @param counters counts of traces; `undefined`: the process records none */
  constructor(
    private readonly health: () => Promise<HealthResponse>,
    private readonly channels: () => readonly CountedChannel[],
    private readonly counters: (() => MetricFamily[]) | undefined,
  ) {}

  text(): Promise<{ text: string }> {
    const now = performance.now();
    if (this.last && now - this.last.at < CACHE_MS) return this.last.text;
    const text = this.scrape();
    this.last = { at: now, text };
    text.catch(() => (this.last = undefined));
    return text;
  }

  private async scrape(): Promise<{ text: string }> {
    const counted = this.counters?.() ?? [];
    return { text: prometheusText([...counted, ...collectorMetrics(await this.health(), this.channels())]) };
  }
}
