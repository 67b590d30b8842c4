import assert from 'node:assert/strict';
import { runInThisContext } from 'node:vm';
import { MemoryRecorder } from '../memory-recorder.js';
import type { RecordedSpan } from '../memory-recorder.js';
import type { TraceRef } from '../recorder.js';
import { runWith } from '../trace-context.js';

/** One thing a tracing wrapper must not change, or must record rightly. Needs no test framework: it asserts by throwing. */
export interface ConformanceCase {
  name: string;
  /** @param wrap makes a function into a traced one named `work`; what is under test */
  run(wrap: Wrap, probe: Probe): Promise<void> | void;
}

export type Wrap = <F extends (this: never, ...args: never[]) => unknown>(fn: F) => F;

/** A trace to run in, and what was recorded in it. */
export class Probe {
  readonly recorder = new MemoryRecorder();
  readonly ref: TraceRef = { recorder: this.recorder, key: 'trace-1' };
  readonly reported: unknown[] = [];

  /** Runs in the trace. */
  inTrace<R>(fn: () => R): R {
    return runWith(this.ref, fn);
  }

  /** The one span that must have been recorded, and have ended like this. */
  span(kind: 'ok' | 'error' | 'cancelled'): RecordedSpan {
    assert.equal(this.recorder.spans.length, 1, `expected one span, have ${this.recorder.tree().join(', ') || 'none'}`);
    const span = this.recorder.spans[0]!;
    assert.equal(span.outcome?.kind, kind, 'the outcome of the span');
    return span;
  }

  succeededWith(output: unknown): void {
    assert.deepEqual(this.span('ok').outcome, { kind: 'ok', output });
  }

  failedWith(error: unknown): void {
    const { outcome } = this.span('error');
    assert.ok(outcome?.kind === 'error' && Object.is(outcome.error, error), 'the error of the span is the one thrown');
  }

  /** A span of `ms` milliseconds of work; timers may be early by one, and late on a busy machine. */
  lasted(ms: number): void {
    const took = this.recorder.spans[0]?.ms ?? Number.NaN;
    assert.ok(took >= ms - 2 && took < ms + 500, `expected about ${ms} ms, the span has ${took}`);
  }
}

// Under Jest the global `process` is a copy that hears of nothing.
const realProcess = runInThisContext('process') as NodeJS.Process;

/** Reasons that Node reports as unhandled rejections while `fn` runs and in the turns after it. */
export async function unhandledDuring(fn: () => unknown): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const others = realProcess.listeners('unhandledRejection');
  const listener = (reason: unknown) => void reasons.push(reason);
  realProcess.removeAllListeners('unhandledRejection');
  realProcess.on('unhandledRejection', listener);
  try {
    await fn();
    await turns();
  } finally {
    realProcess.off('unhandledRejection', listener);
    for (const other of others) realProcess.on('unhandledRejection', other);
  }
  return reasons;
}

/** Fails unless `promise` rejects with this very `reason`. */
export async function rejectsWith(promise: PromiseLike<unknown>, reason: unknown): Promise<void> {
  let caught: unknown = rejectsWith;
  try {
    await promise;
  } catch (error) {
    caught = error;
  }
  assert.ok(Object.is(caught, reason), 'the promise rejects with the reason it was given');
}

/** Lets the event loop go round, so that all that is due in this turn has happened. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
