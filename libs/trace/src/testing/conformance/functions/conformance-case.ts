import assert from 'node:assert/strict';
import { runInThisContext } from 'node:vm';
import { MemoryRecorder } from '../../memory-recorder.js';
import type { RecordedSpan } from '../../memory-recorder.js';
import type { TraceRef } from '../../../context/recorder.js';
import { runWith } from '../../../context/trace-context.js';
import { DurationError, SpanProbe } from './span-probe.js';
import type { ConformanceSpan } from './span-probe.js';
import { turns } from './turns.js';

export { pause, turns } from './turns.js';

/** One thing a tracing wrapper must not change, or must record rightly. Needs no test framework: it asserts by throwing. */
export interface ConformanceCase {
  readonly name: string;
  /** @param wrap makes a function into a traced one named `work`; what is under test */
  run(wrap: Wrap, probe: SpanProbe): Promise<void> | void;
}

export type Wrap = <F extends (this: never, ...args: never[]) => unknown>(fn: F) => F;

/** A trace of our own to run in, and what was recorded in it. */
export class Probe extends SpanProbe {
  readonly recorder: MemoryRecorder;
  readonly ref: TraceRef;

  constructor() {
    const recorder = new MemoryRecorder();
    const ref: TraceRef = { recorder, key: 'trace-1' };
    super({ inTrace: (fn) => runWith(ref, fn), spans: () => recorder.spans.map(comparable) });
    this.recorder = recorder;
    this.ref = ref;
  }
}

function comparable({ name, id, parent, ms, input, outcome }: RecordedSpan): ConformanceSpan {
  const span = { name, id, parent, ms, input };
  if (outcome === undefined) return { ...span, outcome: 'open' };
  if (outcome.kind === 'ok') return { ...span, outcome: 'ok', output: outcome.output };
  return outcome.kind === 'error'
    ? { ...span, outcome: 'error', error: outcome.error }
    : { ...span, outcome: 'cancelled' };
}

const TRIES = 3;

/** Runs a case; again, with a fresh start, when only a duration was off. */
export async function tryCase(attempt: () => Promise<void> | void): Promise<void> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !(error instanceof DurationError)) throw error;
    }
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

/** The parts of a stream, `limit` at most: then it is left. */
export async function collect<T>(stream: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const parts: T[] = [];
  for await (const part of stream) {
    parts.push(part);
    if (parts.length >= limit) break;
  }
  return parts;
}
