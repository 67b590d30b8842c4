import type { Attributes } from '../../model/attributes.js';
import { spanTypeOf, type SpanType } from '../../model/status.js';
import { NOTHING, reportInternalError, type SpanHandle, type SpanOutcome, type TraceRef } from '../recorder.js';
import { currentRef, runWith } from '../trace-context.js';

/** Options of `startSpan`. */
export interface StartSpanOptions {
  /** The type of work. Default: `step`, work of no other type. */
  type?: SpanType;
  /** The value to record as input. Left out: none. */
  input?: unknown;
  /** Small facts about the work, by name: texts, numbers, booleans. At most 32 of 200 characters are kept. */
  attributes?: Attributes;
}

/** A span that `startSpan` has begun. No method throws, and all of them do nothing outside a trace. */
export interface TraceSpan {
  /** Id of the trace; `undefined` outside a trace. */
  readonly traceId: string | undefined;
  /** Ends the span; `output` is recorded. A second end does nothing. */
  end(output?: unknown): void;
  /** Ends the span with an error, which is recorded as an error of the trace. */
  fail(error: unknown): void;
  /** Adds attributes. They are written when the span ends. */
  set(attributes: Attributes): void;
  /** Adds tokens of a model call: `{ input, output, cacheRead, … }`, or the provider's own usage object. */
  usage(usage: unknown): void;
  /** Runs `fn` inside the span: spans, events and log lines of `fn` belong to it. Returns the result of `fn`; the span stays open. */
  run<R>(fn: () => R): R;
}

/**
 * Begins a span for work that is not one function: callbacks, event emitters, a conversation over several messages. The
 * span belongs to the span that is open now. Prefer `traced` where the work is one function, because it ends by itself.
 *
 * A span that is never ended keeps its trace open until `lifecycle.maxMs`, and the trace then ends as `timeout`, with the
 * open span named. Outside a trace the result does nothing. Never throws.
 *
 * @example
 * const span = startSpan('transcribe', { type: 'tool', input: { seconds: 12 } });
 * recogniser.on('final', (text) => span.end(text));
 * recogniser.on('error', (error) => span.fail(error));
 */
export function startSpan(name: string, options?: StartSpanOptions): TraceSpan {
  const ref = currentRef();
  const handle = ref && open(ref, name, options);
  return ref && handle ? new OpenTraceSpan(ref, handle) : NO_SPAN;
}

function open(ref: TraceRef, name: unknown, options: unknown): SpanHandle | undefined {
  try {
    const given: Partial<Record<keyof StartSpanOptions, unknown>> =
      typeof options === 'object' && options !== null ? options : {};
    return ref.recorder.startSpan(ref, {
      name: typeof name === 'string' && name !== '' ? name : 'span',
      kind: spanTypeOf(given.type) ?? 'step',
      input: given.input === undefined ? NOTHING : given.input,
      given: given.attributes,
    });
  } catch (error) {
    reportInternalError(ref.recorder, 'startSpan', error);
    return undefined;
  }
}

class OpenTraceSpan implements TraceSpan {
  constructor(
    private readonly outer: TraceRef,
    private readonly handle: SpanHandle,
  ) {}

  get traceId(): string | undefined {
    return this.guarded(() => this.outer.recorder.contextOf(this.outer)?.traceId);
  }

  end(output?: unknown): void {
    this.finish({ kind: 'ok', output: output === undefined ? NOTHING : output });
  }

  fail(error: unknown): void {
    this.finish({ kind: 'error', error });
  }

  set(attributes: Attributes): void {
    this.guarded(() => this.handle.set?.(attributes));
  }

  usage(usage: unknown): void {
    this.guarded(() => this.handle.usage?.(usage));
  }

  run<R>(fn: () => R): R {
    return typeof fn === 'function' ? runWith(this.handle.ref, fn) : (undefined as R);
  }

  private finish(outcome: SpanOutcome): void {
    this.guarded(() => this.handle.end(outcome));
  }

  private guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      reportInternalError(this.outer.recorder, 'startSpan', error);
      return undefined;
    }
  }
}

/** The span of work outside every trace. */
const NO_SPAN: TraceSpan = Object.freeze({
  traceId: undefined,
  end: () => undefined,
  fail: () => undefined,
  set: () => undefined,
  usage: () => undefined,
  run: <R>(fn: () => R): R => (typeof fn === 'function' ? fn() : (undefined as R)),
});
