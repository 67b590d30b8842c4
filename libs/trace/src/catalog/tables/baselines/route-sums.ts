import type { StepBaseline } from '../../../model/baseline.js';
import { bucketMs, bucketOf } from '../rollups/latency.js';
import { packNumbers, unpackNumbers } from './packed-numbers.js';
import type { StepUse, BaselineSample } from './baseline-sample.js';

/** Steps that one route's day tells apart. */
const MAX_STEPS = 200;
/** So many buckets of `latency.ts` are one here: 8% wide, a fourth of the numbers to read for each trace shown. */
const COARSE = 4;
/** Up to eleven hours; what took longer counts as that. */
const BUCKETS = 310;

class StepSums {
  /** Buckets in use. Most steps need a few dozen, and all of them are gone through for each trace shown. */
  private low = BUCKETS;
  private high = -1;

  constructor(
    readonly kind: string,
    readonly name: string,
    public traces = 0,
    /** How many in coarse buckets. An array, for seven days of two routes are added up for each trace shown. */
    private readonly took = new Uint32Array(BUCKETS),
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

  encode(): StepText {
    const numbers: number[] = [];
    let before = 0;
    for (let bucket = this.low; bucket <= this.high; bucket += 1) {
      if (this.took[bucket] === 0) continue;
      numbers.push(bucket - before, this.took[bucket]!);
      before = bucket;
    }
    return [this.kind, this.name, this.traces, packNumbers(numbers)];
  }

  add(traces: number, packed: string): void {
    this.traces += traces;
    let bucket = 0;
    let isCount = false;
    unpackNumbers(packed, (n) => {
      if (isCount) this.count(bucket, n);
      else bucket += n;
      isCount = !isCount;
    });
  }

  private count(bucket: number, n: number): void {
    this.took[bucket]! += n;
    this.widen(bucket, bucket);
  }

  private widen(low: number, high: number): void {
    if (low < this.low) this.low = low;
    if (high > this.high) this.high = high;
  }

  /** The middle of the bucket that the quantile lies in, in milliseconds. */
  private quantile(total: number, share: number): number {
    let left = Math.ceil(total * share);
    for (let bucket = this.low; bucket <= this.high; bucket += 1) {
      left -= this.took[bucket]!;
      if (total > 0 && left <= 0) return bucketMs(bucket === 0 ? 0 : bucket * COARSE - (COARSE - 1) / 2);
    }
    return 0;
  }
}

/** `took` are pairs of packed numbers: how far on the next bucket is, and how many are in it. */
type StepText = [kind: string, name: string, traces: number, took: string];
type SumsText = [ended: number, completed: number, repliedTwice: number, steps: StepText[]];

/** How the traces of one route went, over a day or several. */
export class RouteSums {
  ended = 0;
  completed = 0;
  repliedTwice = 0;
  /** By kind and name. */
  private readonly steps = new Map<string, StepSums>();

  /** A trace has ended; only of those that went well it is learned how they usually go. */
  learn(course: BaselineSample, completed: boolean): void {
    this.ended += 1;
    if (!completed) return;
    this.completed += 1;
    if (course.repliedTwice) this.repliedTwice += 1;
    for (const use of course.steps.values()) this.step(use)?.learn(use);
  }

  merge(other: RouteSums): void {
    this.ended += other.ended;
    this.completed += other.completed;
    this.repliedTwice += other.repliedTwice;
    for (const step of other.steps.values()) this.step(step)?.merge(step);
  }

  /** Forgets steps that have one of these texts in their name. Answers whether there were any. */
  forget(texts: readonly string[]): boolean {
    const before = this.steps.size;
    for (const [key, { name }] of this.steps) if (texts.some((text) => name.includes(text))) this.steps.delete(key);
    return this.steps.size < before;
  }

  describe(): StepBaseline[] {
    return Array.from(this.steps.values(), (step) => step.describe());
  }

  encode(): string {
    const steps = Array.from(this.steps.values(), (step) => step.encode());
    const text: SumsText = [this.ended, this.completed, this.repliedTwice, steps];
    return JSON.stringify(text);
  }

  static decode(json: string): RouteSums {
    const sums = new RouteSums();
    sums.add(json);
    return sums;
  }

  /** The same as to merge what it decodes to, without making that. */
  add(json: string): void {
    const [ended, completed, repliedTwice, steps] = JSON.parse(json) as SumsText;
    this.ended += ended;
    this.completed += completed;
    this.repliedTwice += repliedTwice;
    for (const [kind, name, traces, took] of steps) this.step({ kind, name })?.add(traces, took);
  }

  private step({ kind, name }: { kind: string; name: string }): StepSums | undefined {
    const key = `${kind} ${name}`;
    let step = this.steps.get(key);
    if (!step && this.steps.size < MAX_STEPS) this.steps.set(key, (step = new StepSums(kind, name)));
    return step;
  }
}
