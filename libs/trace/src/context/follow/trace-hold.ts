import type { ResultShape } from '../../model/record.js';
import { reportInternalError, type TraceRef } from '../recorder.js';
import type { Step } from './step.js';

/** A step without a span: keeps a trace open and records the error of its work. */
export class TraceHold implements Step {
  shape: ResultShape | undefined;

  private constructor(
    readonly store: TraceRef,
    private readonly location: string,
    private release: (() => void) | undefined,
  ) {}

  static of(ref: TraceRef, location: string): TraceHold {
    return new TraceHold(ref, location, ref.recorder.hold(ref));
  }

  succeed(): void {
    this.settle(undefined);
  }

  fail(error: unknown): void {
    this.settle({ error });
  }

  cancel(): void {
    this.settle(undefined);
  }

  /** A use that begins later still belongs to this trace. */
  again(): Step | undefined {
    return TraceHold.of(this.store, this.location);
  }

  private settle(failure: { error: unknown } | undefined): void {
    const { release, store } = this;
    if (release === undefined) return;
    this.release = undefined;
    try {
      if (failure !== undefined) store.recorder.error(store, this.location, failure.error);
      release();
    } catch (error) {
      reportInternalError(store.recorder, this.location, error);
    }
  }
}
