import type { StepBaseline } from '../model/baseline.js';
import { bucketMs, bucketOf } from './latency.js';
import type { StepUse, TraceCourse } from './trace-course.js';

/** Steps that one route's day tells apart. */
const MAX_STEPS = 200;
/** So many buckets of `latency.ts` are one here: 8% wide, a fourth of the numbers to read for each trace shown. */
const COARSE = 4;

class StepSums {
  constructor(
    readonly kind: string,
    readonly name: string,
    public traces = 0,
    /** How many in coarse buckets. */
    readonly took = new Map<number, number>(),
  ) {}

  add(traces: number, took: Iterable<[number, number]>): void {
    this.traces += traces;
    for (const [bucket, n] of took) this.took.set(bucket, (this.took.get(bucket) ?? 0) + n);
  }
}

type StepText = [kind: string, name: string, traces: number, ...took: number[]];
type SumsText = [ended: number, completed: number, repliedTwice: number, steps: StepText[]];

/** How the traces of one route went, over a day or several. */
export class RouteSums {
  ended = 0;
  completed = 0;
  repliedTwice = 0;
  /** By kind and name. */
  private readonly steps = new Map<string, StepSums>();

  /** A trace has ended; only of those that went well it is learned how they usually go. */
  learn(course: TraceCourse, completed: boolean): void {
    this.ended += 1;
    if (!completed) return;
    this.completed += 1;
    if (course.repliedTwice) this.repliedTwice += 1;
    for (const use of course.steps.values()) this.step(use)?.add(1, buckets(use));
  }

  merge(other: RouteSums): void {
    this.ended += other.ended;
    this.completed += other.completed;
    this.repliedTwice += other.repliedTwice;
    for (const step of other.steps.values()) this.step(step)?.add(step.traces, step.took);
  }

  /** Forgets steps that have one of these texts in their name. Answers whether there were any. */
  forget(texts: readonly string[]): boolean {
    const before = this.steps.size;
    for (const [key, { name }] of this.steps) if (texts.some((text) => name.includes(text))) this.steps.delete(key);
    return this.steps.size < before;
  }

  describe(): StepBaseline[] {
    return Array.from(this.steps.values(), ({ kind, name, traces, took }) => {
      const sorted = Array.from(took).sort(([a], [b]) => a - b);
      const timed = sorted.reduce((sum, [, n]) => sum + n, 0);
      return { kind, name, traces, timed, p50Ms: quantile(sorted, timed, 0.5), p95Ms: quantile(sorted, timed, 0.95) };
    });
  }

  encode(): string {
    const steps = Array.from(this.steps.values(), ({ kind, name, traces, took }): StepText => [
      kind,
      name,
      traces,
      ...Array.from(took).flat(),
    ]);
    const text: SumsText = [this.ended, this.completed, this.repliedTwice, steps];
    return JSON.stringify(text);
  }

  static decode(json: string): RouteSums {
    const sums = new RouteSums();
    const [ended, completed, repliedTwice, steps] = JSON.parse(json) as SumsText;
    Object.assign(sums, { ended, completed, repliedTwice });
    for (const [kind, name, traces, ...pairs] of steps) {
      const took = new Map<number, number>();
      for (let i = 0; i + 1 < pairs.length; i += 2) took.set(pairs[i]!, pairs[i + 1]!);
      sums.steps.set(`${kind} ${name}`, new StepSums(kind, name, traces, took));
    }
    return sums;
  }

  private step({ kind, name }: { kind: string; name: string }): StepSums | undefined {
    const key = `${kind} ${name}`;
    let step = this.steps.get(key);
    if (!step && this.steps.size < MAX_STEPS) this.steps.set(key, (step = new StepSums(kind, name)));
    return step;
  }
}

function buckets({ took }: StepUse): [number, number][] {
  return took.map((us) => [Math.ceil(bucketOf(us) / COARSE), 1]);
}

/** The middle of the bucket that the quantile lies in, in milliseconds. */
function quantile(sorted: readonly [number, number][], total: number, share: number): number {
  let left = Math.ceil(total * share);
  for (const [bucket, n] of sorted) {
    left -= n;
    if (left <= 0) return bucketMs(bucket === 0 ? 0 : bucket * COARSE - (COARSE - 1) / 2);
  }
  return 0;
}
