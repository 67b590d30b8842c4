import assert from 'node:assert/strict';
import { pause } from './turns.js';

/** A span as the suite compares it. */
export interface ConformanceSpan {
  readonly name: string;
  readonly id: string;
  /** Id of the span it happened in; `undefined`: it is one of the outermost. */
  readonly parent: string | undefined;
  /** `cancelled`: unsubscribed or given up before its end. */
  readonly outcome: 'open' | 'ok' | 'error' | 'cancelled';
  /** Milliseconds from start to end; `undefined` while it is open. */
  readonly ms: number | undefined;
  /** The arguments, if they are recorded: one by itself, several as an array. Left out: not compared. */
  readonly input?: unknown;
  /** The result, if it is recorded. Left out: not compared. */
  readonly output?: unknown;
  /** What was thrown, if it is kept as it is. Left out: not compared. */
  readonly error?: unknown;
}

/** Where the spans of what is under test are found. */
export interface ConformanceSubject {
  /** Runs `fn` where spans are recorded. */
  inTrace<R>(fn: () => R): R;
  /** All spans since the case began, in the order they started. */
  spans(): readonly ConformanceSpan[];
  /** `false`: it has no word for `cancelled`, and any end will do. Default: `true`. */
  cancels?: boolean;
}

export type Ending = Exclude<ConformanceSpan['outcome'], 'open'>;

/** Milliseconds by which a span may be longer or shorter than the work that it measures. */
const TOLERANCE_MS = 5;

/** A duration was off. A machine that is busy can do that to anybody: the suite tries such a case again. */
export class DurationError extends assert.AssertionError {
  constructor(expected: number, took: number | undefined) {
    super({ message: `the work took ${expected.toFixed(1)} ms, its span ${took?.toFixed(1) ?? 'has not ended'}` });
  }
}

/** Asks what a case needs to know of the spans. */
export class SpanProbe {
  constructor(private readonly subject: ConformanceSubject) {}

  inTrace<R>(fn: () => R): R {
    return this.subject.inTrace(fn);
  }

  get spans(): readonly ConformanceSpan[] {
    return this.subject.spans();
  }

  /** The one span that must have been recorded, and have ended like this. */
  span(ending: Ending): ConformanceSpan {
    this.ended(ending);
    return this.spans[0]!;
  }

  /** The one span there must be, still open. */
  open(): void {
    assert.deepEqual(
      this.spans.map(({ outcome }) => outcome),
      ['open'],
      'the spans there are',
    );
  }

  /** The spans there must be, in the order they started, and how each has ended. */
  ended(...endings: Ending[]): void {
    const { cancels = true } = this.subject;
    const found = this.spans.map(({ outcome }, i) =>
      !cancels && endings[i] === 'cancelled' && outcome !== 'open' ? 'cancelled' : outcome,
    );
    assert.deepEqual(found, endings, `expected the spans [${endings.join(', ')}], there are [${this.described()}]`);
  }

  /** The spans in the order they started, each with the place of its parent among them. */
  nested(...parents: (number | undefined)[]): void {
    const { spans } = this;
    const found = spans.map(({ parent }) => {
      const place = spans.findIndex(({ id }) => id === parent);
      return place === -1 ? undefined : place;
    });
    assert.deepEqual(found, parents, `the parents of the spans [${this.described()}]`);
  }

  succeededWith(output: unknown): void {
    const span = this.span('ok');
    if ('output' in span) assert.deepEqual(span.output, output, 'the output of the span');
  }

  failedWith(error: unknown): void {
    const span = this.span('error');
    if ('error' in span) assert.ok(Object.is(span.error, error), 'the error of the span is the one thrown');
  }

  /** Whether spans, all of them or the first, lasted as long as the work did. */
  lasted(work: Work, count = 1): void {
    assert.ok(this.spans.length >= count, `expected a span, have [${this.described()}]`);
    for (const { ms } of this.spans.slice(0, count)) {
      if (ms === undefined || Math.abs(ms - work.ms) > TOLERANCE_MS) throw new DurationError(work.ms, ms);
    }
  }

  private described(): string {
    return this.spans.map(({ name, outcome }) => `${name}: ${outcome}`).join(', ');
  }
}

/** Work that takes 50 ms, and how long it really took: timers are late on a busy machine. */
export class Work {
  ms = 0;

  async wait(ms = 50): Promise<void> {
    const began = performance.now();
    await pause(ms);
    this.ms += performance.now() - began;
  }

  block(ms = 50): void {
    const began = performance.now();
    while (performance.now() - began < ms);
    this.ms += performance.now() - began;
  }
}
