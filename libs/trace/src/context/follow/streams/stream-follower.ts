import { NOTHING } from '../../recorder.js';
import { LazySettlement, sameTrace } from '../step.js';
import type { Step } from '../step.js';
import { runInStore } from '../../trace-context.js';
import type { ContextStore } from '../../trace-context.js';
import { StreamUse } from './stream-use.js';
import type { Reading, StreamOutput } from './stream-use.js';

/** Begins the readings of a stream, and runs its methods. */
export interface ReadingSource {
  /** The reading that begins now; `undefined`: it is part of another one, or is not followed. */
  begin(): Reading | undefined;
  /** Calls a method of the stream in a context; what the method does to the stream itself is part of this call. */
  call<A extends unknown[]>(store: ContextStore, method: (...args: A) => unknown, args: A): unknown;
}

/** Remembers which call of a stream's methods is inside another one. */
export abstract class NestedCalls {
  private depth = 0;

  /** Whether a method of the stream is being called. */
  get nested(): boolean {
    return this.depth > 0;
  }

  call<A extends unknown[]>(store: ContextStore, method: (...args: A) => unknown, args: A): unknown {
    this.depth += 1;
    try {
      return runInStore(store, method, ...args);
    } finally {
      this.depth -= 1;
    }
  }
}

/** The steps that answered one stream, and its readings. */
export class StreamFollower extends NestedCalls implements ReadingSource {
  private first: LazySettlement;
  private current: StreamUse | undefined;
  private readonly result: WeakRef<object>;

  /**
   * @param repeats the stream can be read more than once, each time from its beginning
   * @param shows what is recorded as the output
   */
  constructor(
    step: Step,
    result: object,
    private readonly repeats: boolean,
    private readonly shows: StreamOutput,
  ) {
    super();
    this.first = new LazySettlement(step);
    this.result = new WeakRef(result);
  }

  begin(): StreamUse | undefined {
    if (this.nested) return undefined;
    if (!this.repeats && this.current !== undefined) return this.current.over ? undefined : this.current;
    const step = this.first.take();
    return step && (this.current = new StreamUse(step, this.result, this.shows));
  }

  /** The reading that something happened to: the one that runs, or the first one if its time is not over. */
  running(): StreamUse | undefined {
    return this.current ?? (this.first.waits ? this.begin() : undefined);
  }

  /** The same stream was answered by another step. */
  answered(step: Step): void {
    const { current } = this;
    if (this.first.join(step)) return;
    if (current !== undefined && !current.over && sameTrace(current, step)) current.join(step);
    else if (current === undefined || this.repeats) this.first = new LazySettlement(step);
    else step.succeed(NOTHING);
  }
}

/** For an object that holds the stream, its other members say more than a number of parts. */
export function shownOf(stream: object, result: object): StreamOutput {
  return stream === result ? 'parts' : 'text or result';
}

const followed = new WeakMap<object, StreamFollower>();

/**
 * Follows `stream` for `step`, unless it is followed already. `attach` replaces the methods and returns whether the object
 * allowed it.
 */
export function followOnce(
  step: Step,
  stream: object,
  make: () => StreamFollower,
  attach: (follower: StreamFollower) => boolean,
): void {
  const before = followed.get(stream);
  if (before !== undefined) {
    before.answered(step);
    return;
  }
  const follower = make();
  if (attach(follower)) followed.set(stream, follower);
  // A frozen object: its use cannot be followed.
  else follower.begin()?.end();
}
