import { setImmediate } from '../../model/timers.js';
import type { ResultShape } from '../../model/record.js';
import { NOTHING } from '../recorder.js';
import type { TraceRef } from '../recorder.js';
import { UNTRACED } from '../trace-context.js';
import type { ContextStore } from '../trace-context.js';

/** Summary of the parts of a stream that a step returned. */
export interface Streamed {
  /** Recorded in place of the stream, unless the caller has a function for outputs. Left out: the result is recorded. */
  readonly output?: unknown;
  /** Tokens as the parts counted them. */
  readonly usage?: unknown;
}

/**
 * One run of a wrapped function, from its call until its result is used up. `follow-result.ts` decides when a step settles;
 * the step decides what that does (end a span, release a trace). The first settling counts.
 */
export interface Step {
  /** Shape of the function's result; set once it is known. Left out: a value. */
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
 * The step of a result that works only when it is used (a lazy thenable, an Observable, a generator). The call's own step
 * belongs to the first use, if that begins in the same turn of the event loop. It usually does: `await builder()`. An unused
 * result must not keep a trace open, so its step ends with the turn; a later use has a step of its own.
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
   * Settles `outer` with the first use as well: two nested wrappers return the same object. Refuses a step of another
   * trace, which received the same object by chance.
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
