import type { MetricSample } from '../views/metrics/metric.js';

/** Value of each label of the sums that stand for all further ones. */
const OTHER = 'other';

/** Values by their labels. Beyond a number of them, all further ones are added to one with the labels `other`. */
export class Labelled<Value> {
  private readonly values = new Map<string, { labels: MetricSample['labels']; value: Value }>();

  constructor(
    private readonly most: number,
    private readonly empty: () => Value,
  ) {}

  /** The value with these labels, to be added to. */
  of(labels: Readonly<Record<string, string>>): Value {
    const key = JSON.stringify(Object.values(labels));
    const found = this.values.get(key);
    if (found) return found.value;
    // One place is kept for `other`.
    if (this.values.size >= this.most - 1) return this.other(Object.keys(labels));
    return this.put(key, labels);
  }

  /** All of them, in the order in which they were first seen. */
  *entries(): Generator<{ labels: MetricSample['labels']; value: Value }> {
    yield* this.values.values();
  }

  private other(names: readonly string[]): Value {
    const labels = Object.fromEntries(names.map((name) => [name, OTHER]));
    const key = JSON.stringify(Object.values(labels));
    return this.values.get(key)?.value ?? this.put(key, labels);
  }

  private put(key: string, labels: MetricSample['labels']): Value {
    const value = this.empty();
    this.values.set(key, { labels, value });
    return value;
  }
}
