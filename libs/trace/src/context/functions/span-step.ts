import type { ResultShape } from '../../model/record.js';
import { types } from 'node:util';
import {
  reportInternalError,
  NOTHING,
  type SpanHandle,
  type SpanOutcome,
  type TraceRecorder,
  type TraceRef,
} from '../recorder.js';
import type { Step, Streamed } from '../follow/step.js';
import { currentRef } from '../trace-context.js';
import type { TracedSettings } from './traced-options.js';

/** A step that is a span. */
export class SpanStep implements Step {
  shape: ResultShape | undefined;

  private constructor(
    private readonly recorder: TraceRecorder,
    private readonly handle: SpanHandle,
    private readonly settings: TracedSettings,
    private readonly name: string,
    private readonly args: unknown[],
  ) {}

  /** `undefined`: the trace takes no more spans. */
  static open(ref: TraceRef, settings: TracedSettings, name: string, args: unknown[]): SpanStep | undefined {
    const { recorder } = ref;
    try {
      const input = inputOf(recorder, settings, name, args);
      const handle = recorder.startSpan(ref, { name, kind: settings.kind, input });
      return handle && new SpanStep(recorder, handle, settings, name, args);
    } catch (error) {
      reportInternalError(recorder, 'startSpan', error);
      return undefined;
    }
  }

  get store(): TraceRef {
    return this.handle.ref;
  }

  succeed(result: unknown, streamed?: Streamed): void {
    this.end({ kind: 'ok', output: this.outputOf(result, streamed), usage: streamed?.usage, shape: this.shape });
  }

  fail(error: unknown, streamed?: Streamed): void {
    this.end({ kind: 'error', error, output: this.partial(streamed), usage: streamed?.usage, shape: this.shape });
  }

  cancel(streamed?: Streamed): void {
    this.end({ kind: 'cancelled', output: this.partial(streamed), usage: streamed?.usage, shape: this.shape });
  }

  /** A later use belongs to the user's current trace, which may differ from the trace of the call. */
  again(): Step | undefined {
    const ref = currentRef();
    const step = ref && SpanStep.open(ref, this.settings, this.name, this.args);
    if (step) step.shape = this.shape;
    return step;
  }

  private outputOf(result: unknown, streamed: Streamed | undefined): unknown {
    const { output } = this.settings;
    if (output === true) return streamed !== undefined && 'output' in streamed ? streamed.output : result;
    if (output === false || result === NOTHING) return NOTHING;
    return mapped(this.recorder, `output of ${this.name}`, output, [result]);
  }

  /** The parts of a stream that were read before it was broken or left. A function for outputs receives only whole results. */
  private partial(streamed: Streamed | undefined): unknown {
    return this.settings.output === true ? (streamed?.output ?? NOTHING) : NOTHING;
  }

  private end(outcome: SpanOutcome): void {
    try {
      this.handle.end(outcome);
    } catch (error) {
      reportInternalError(this.recorder, 'endSpan', error);
    }
  }
}

function inputOf(recorder: TraceRecorder, { input }: TracedSettings, name: string, args: unknown[]): unknown {
  if (input === false) return NOTHING;
  if (input !== true) return mapped(recorder, `input of ${name}`, input, args);
  if (args.length === 0) return NOTHING;
  return args.length === 1 ? args[0] : args;
}

/** The result of a user's function for a value. Its failure is counted as an internal error. */
function mapped(
  recorder: TraceRecorder,
  where: string,
  map: (...args: unknown[]) => unknown,
  args: unknown[],
): unknown {
  try {
    const value = map(...args);
    if (!types.isPromise(value)) return value;
    value.catch((error: unknown) => reportInternalError(recorder, where, error));
    return NOTHING;
  } catch (error) {
    reportInternalError(recorder, where, error);
    return NOTHING;
  }
}
