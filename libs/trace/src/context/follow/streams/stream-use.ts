import type { Step, Streamed } from '../step.js';
import { together } from '../step.js';
import type { ContextStore } from '../../trace-context.js';
import { isAbort } from './abort-error.js';
import { StreamParts } from './stream-parts.js';

/** Receives the events of one reading of a stream. The first of `end`, `fail` and `leave` counts. */
export interface Reading {
  /** The context in which the producer works. */
  readonly store: ContextStore;
  /** Whether `end`, `fail` or `leave` was called. */
  readonly over: boolean;
  part(value: unknown): void;
  /** Read to its end. */
  end(value?: unknown): void;
  /** Broken; an error that says "aborted" counts as left. */
  fail(error: unknown): void;
  /** Left before its end. */
  leave(): void;
}

const dropped = new FinalizationRegistry<Reading>((reading) => reading.leave());

/**
 * Leaves when `object` (a reader, an iterator, the stream) is collected before the end: begun, then dropped without a
 * call. The reading must not refer to the object.
 */
export function leaveWhenCollected(reading: Reading, object: object): void {
  dropped.register(object, reading);
}

/** The recorded output: a summary of the parts, the result, or the result unless the parts are text. */
export type StreamOutput = 'parts' | 'result' | 'text or result';

/** One reading of a stream that a step answered: settles the step. */
export class StreamUse implements Reading {
  over = false;
  private readonly parts = new StreamParts();

  /**
   * @param result the step's result: the stream, or the object that holds it
   */
  constructor(
    private step: Step,
    private readonly result: WeakRef<object>,
    private readonly shows: StreamOutput,
  ) {}

  get store(): ContextStore {
    return this.step.store;
  }

  part(value: unknown): void {
    if (!this.over) this.parts.add(value);
  }

  end(): void {
    if (this.settle()) this.step.succeed(this.result.deref(), this.streamed());
  }

  fail(error: unknown): void {
    if (isAbort(error)) this.leave();
    else if (this.settle()) this.step.fail(error, this.streamed());
  }

  leave(): void {
    if (this.settle()) this.step.cancel(this.streamed());
  }

  /** Settles `step` as well. */
  join(step: Step): void {
    this.step = together(this.step, step);
  }

  private settle(): boolean {
    if (this.over) return false;
    this.over = true;
    return true;
  }

  private streamed(): Streamed {
    const { usage } = this.parts;
    const output = this.parts.summary();
    const isShown = this.shows === 'parts' || (this.shows === 'text or result' && output.text !== undefined);
    return isShown ? { output, usage } : { usage };
  }
}
