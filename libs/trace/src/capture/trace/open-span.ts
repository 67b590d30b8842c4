import type { SpanHandle, SpanOutcome, TraceRef } from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import { performance } from '../../model/timers.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ActiveTrace } from './active-trace.js';
import type { ErrorRecorder } from './error-recorder.js';
import type { RecordFields } from './record-fields.js';
import type { TraceOutput } from './trace-output.js';

/** Data of a span's end. */
export interface SpanParts {
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly fields: RecordFields;
  readonly errors: ErrorRecorder;
  readonly clock: Clock;
  readonly internalErrors: InternalErrors;
}

/** A span that has begun. Its end writes the `span_end` record, once. */
export class OpenSpan implements SpanHandle {
  private readonly startedAt = performance.now();
  private open = true;

  constructor(
    private readonly parts: SpanParts,
    private readonly trace: ActiveTrace,
    readonly ref: TraceRef,
    private readonly name: string,
  ) {}

  end(outcome: SpanOutcome): void {
    if (!this.open) return;
    this.open = false;
    const now = performance.now();
    this.trace.openSpans -= 1;
    this.trace.lastActivity = now;
    this.parts.internalErrors.guard('endSpan', () => this.write(outcome, now - this.startedAt));
  }

  private write(outcome: SpanOutcome, ms: number): void {
    const { trace, parts } = this;
    let how = outcome.kind;
    if (outcome.kind === 'error') {
      const { error } = outcome;
      const reason = parts.errors.controlFlow(error);
      if (reason !== undefined) how = 'cancelled';
      if (trace.isNewError(error)) parts.errors.write(this.ref, { error, location: this.name }, reason);
    }
    parts.output.appendNow(trace, {
      kind: 'span_end',
      ts: parts.clock.now(),
      trace: trace.key,
      span: this.ref.span!,
      ms: Math.round(ms * 1000) / 1000,
      output: parts.fields.payload(outcome.output),
      // As text: `output` has the one buffer of the record's payload.
      usage: outcome.usage === undefined ? undefined : parts.serializer.json(outcome.usage),
      outcome: how === 'ok' ? undefined : how,
      shape: outcome.shape,
      late: trace.ended || undefined,
    });
  }
}
