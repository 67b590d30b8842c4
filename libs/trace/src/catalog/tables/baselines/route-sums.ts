import type { StepBaseline } from '../../../model/baseline.js';
import { bucketMs, bucketOf } from '../rollups/latency.js';
import { VarintReader, VarintWriter } from '../varints.js';
import type { BaselineSample, StepUse } from './baseline-sample.js';

/** Steps of one route and day. */
const MAX_STEPS = 200;
/** Buckets of `latency.ts` in one bucket here: 8% wide, a fourth of the numbers to read for each trace that is shown. */
const COARSE = 4;
/** Up to eleven hours; longer durations count as that. */
const BUCKETS = 310;

class StepSums {
  /** Buckets in use. Most steps need a few dozen, and all of them are added up for each trace that is shown. */
  private low = BUCKETS;
  private high = -1;
  /** Durations per coarse bucket. An array, as seven days of two routes are added up for each trace that is shown. */
  private readonly took = new Uint32Array(BUCKETS);
  private traces = 0;

  constructor(
    readonly kind: string,
    readonly name: string,
  ) {}

  merge({ traces, took, low, high }: StepSums): void {
    this.traces += traces;
    for (let bucket = low; bucket <= high; bucket += 1) this.took[bucket]! += took[bucket]!;
    this.widen(low, high);
  }

  learn({ took }: StepUse): void {
    this.traces += 1;
    for (const us of took) this.count(Math.min(BUCKETS - 1, Math.ceil(bucketOf(us) / COARSE)), 1);
  }

  describe(): StepBaseline {
    const { kind, name, traces } = this;
    let timed = 0;
    for (let bucket = this.low; bucket <= this.high; bucket += 1) timed += this.took[bucket]!;
    return { kind, name, traces, timed, p50Ms: this.quantile(timed, 0.5), p95Ms: this.quantile(timed, 0.95) };
  }

  /** Each bucket that is used as its distance from the one before, and its count. */
  write(writer: VarintWriter): void {
    const used: number[] = [];
    for (let bucket = this.low; bucket <= this.high; bucket += 1) if (this.took[bucket] !== 0) used.push(bucket);
    writer.text(this.kind);
    writer.text(this.name);
    writer.number(this.traces);
    writer.number(used.length);
    let before = 0;
    for (const bucket of used) {
      writer.number(bucket - before);
      writer.number(this.took[bucket]!);
      before = bucket;
    }
  }

  /** Adds what `write` wrote behind kind and name. */
  add(reader: VarintReader): void {
    this.traces += reader.number();
    let bucket = 0;
    for (let left = reader.number(); left > 0; left -= 1) {
      bucket += reader.number();
      this.count(bucket, reader.number());
    }
  }

  private count(bucket: number, n: number): void {
    this.took[bucket]! += n;
    this.widen(bucket, bucket);
  }

  private widen(low: number, high: number): void {
    if (low < this.low) this.low = low;
    if (high > this.high) this.high = high;
  }

  /** The middle of the quantile's bucket, in milliseconds. */
  private quantile(total: number, share: number): number {
    let left = Math.ceil(total * share);
    for (let bucket = this.low; bucket <= this.high; bucket += 1) {
      left -= this.took[bucket]!;
      if (total > 0 && left <= 0) return bucketMs(bucket === 0 ? 0 : bucket * COARSE - (COARSE - 1) / 2);
    }
    return 0;
  }
}

/** Counts and step durations of the traces of one route, over a day or several. */
export class RouteSums {
  ended = 0;
  completed = 0;
  repliedTwice = 0;
  /** By kind and name. */
  private readonly steps = new Map<string, StepSums>();

  /** Adds a trace that has ended. Steps are learned from completed traces only. */
  learn(sample: BaselineSample, completed: boolean): void {
    this.ended += 1;
    if (!completed) return;
    this.completed += 1;
    if (sample.repliedTwice) this.repliedTwice += 1;
    for (const use of sample.steps.values()) this.step(use.kind, use.name)?.learn(use);
  }

  merge(other: RouteSums): void {
    this.ended += other.ended;
    this.completed += other.completed;
    this.repliedTwice += other.repliedTwice;
    for (const step of other.steps.values()) this.step(step.kind, step.name)?.merge(step);
  }

  /** Deletes steps that have one of these texts in their name. Returns whether there were any. */
  forget(texts: readonly string[]): boolean {
    const before = this.steps.size;
    for (const [key, { name }] of this.steps) if (texts.some((text) => name.includes(text))) this.steps.delete(key);
    return this.steps.size < before;
  }

  describe(): StepBaseline[] {
    return Array.from(this.steps.values(), (step) => step.describe());
  }

  encode(): Uint8Array {
    const writer = new VarintWriter();
    for (const sum of [this.ended, this.completed, this.repliedTwice, this.steps.size]) writer.number(sum);
    for (const step of this.steps.values()) step.write(writer);
    return writer.bytes();
  }

  static decode(bytes: Uint8Array): RouteSums {
    const sums = new RouteSums();
    sums.add(bytes);
    return sums;
  }

  /** Merges encoded sums without decoding them to objects first. */
  add(bytes: Uint8Array): void {
    const reader = new VarintReader(bytes);
    this.ended += reader.number();
    this.completed += reader.number();
    this.repliedTwice += reader.number();
    for (let left = reader.number(); left > 0; left -= 1) {
      const kind = reader.text();
      const name = reader.text();
      // Beyond the limit, the step is read to get to the next one.
      (this.step(kind, name) ?? new StepSums(kind, name)).add(reader);
    }
  }

  private step(kind: string, name: string): StepSums | undefined {
    const key = `${kind} ${name}`;
    let step = this.steps.get(key);
    if (!step && this.steps.size < MAX_STEPS) this.steps.set(key, (step = new StepSums(kind, name)));
    return step;
  }
}
