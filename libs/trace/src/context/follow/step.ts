import { setImmediate } from '../../model/timers.js';
import type { ResultShape } from '../../model/record.js';
import { NOTHING } from '../recorder.js';
import type { TraceRef } from '../recorder.js';
import { UNTRACED } from '../trace-context.js';
import type { ContextStore } from '../trace-context.js';

/** What a step that answered a stream saw of its parts. */
export interface Streamed {
  /** Recorded in place of the stream, unless the caller has a function for outputs. Left out: the result is recorded. */
  readonly output?: unknown;
  /** Tokens as the parts counted them. */
  readonly usage?: unknown;
}

/**
 * One run of a wrapped function, from its call until its result is used up. What "settled" does is the step's business
 * (end a span, let a trace go); when it happens is found out by `follow-result.ts`. The first settling counts.
 */
export interface Step {
  /** What the function returned, for the record; set once that is known. Left out: a value. */
  shape?: ResultShape;
  /** The context the work runs in. */
  readonly store: ContextStore;
  /** @param output the result, or `NOTHING` when there is none to show */
  succeed(output: unknown, streamed?: Streamed): void;
  fail(error: unknown, streamed?: Streamed): void;
  /** Unsubscribed or abandoned before its end. */
  cancel(streamed?: Streamed): void;
  /** The step of a later use of the same result (a second subscription); `undefined`: that use is not followed. */
  again(): Step | undefined;
}

/** `@NoTrace()`: the context matters, nothing is recorded. */
export const UNTRACED_STEP: Step = {
  store: UNTRACED,
  succeed() {},
  fail() {},
  cancel() {},
  again: () => UNTRACED_STEP,
};

/**
 * Of a result that does its work only when it is used (a lazy thenable, an Observable, a generator), the call's own step
 * goes to the first use, if that begins in the same turn of the event loop. It usually does: `await builder()`. A result
 * nobody uses by then did no more work, and must not keep a trace open; should somebody use it later, that use has a
 * step of its own.
 */
export class LazySettlement {
  private unused: Step | undefined;

  constructor(
    private readonly opened: Step,
    private readonly onUnused?: () => void,
  ) {
    this.unused = opened;
    setImmediate(() => this.expire()).unref();
  }

  /** Whether the call's own step still waits for a use. */
  get waits(): boolean {
    return this.unused !== undefined;
  }

  /** The step for a use that begins now. */
  take(): Step | undefined {
    const step = this.unused;
    if (step === undefined) return this.opened.again();
    this.unused = undefined;
    return step;
  }

  /**
   * Lets `outer` settle with the first use as well: two wrappers, one inside the other, answer the same object. Not for
   * another trace's, which only happens to be answered the same one.
   */
  join(outer: Step): boolean {
    if (this.unused === undefined || !sameTrace(this.unused, outer)) return false;
    this.unused = together(this.unused, outer);
    return true;
  }

  private expire(): void {
    const step = this.unused;
    if (step === undefined) return;
    this.unused = undefined;
    this.onUnused?.();
    step.succeed(NOTHING);
  }
}

/** Whether a step may settle with another one: it is of the same trace, or records nothing. */
export function sameTrace(inner: Pick<Step, 'store'>, outer: Pick<Step, 'store'>): boolean {
  if (inner.store === UNTRACED) return true;
  const [a, b] = [inner.store as Partial<TraceRef>, outer.store as Partial<TraceRef>];
  return a.key !== undefined && a.key === b.key && a.recorder === b.recorder;
}

/** Two steps that settle as one; the work runs in the context of the inner one. */
export function together(inner: Step, outer: Step): Step {
  return {
    store: inner.store,
    set shape(shape: ResultShape) {
      inner.shape = outer.shape = shape;
    },
    succeed(output, streamed) {
      inner.succeed(output, streamed);
      outer.succeed(output, streamed);
    },
    fail(error, streamed) {
      inner.fail(error, streamed);
      outer.fail(error, streamed);
    },
    cancel(streamed) {
      inner.cancel(streamed);
      outer.cancel(streamed);
    },
    again: () => inner.again(),
  };
}
