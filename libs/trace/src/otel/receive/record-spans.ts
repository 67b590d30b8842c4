import { ATTRIBUTE } from '../../model/attributes.js';
import { NOTHING, type SpanHandle, type SpanOutcome, type TraceRef } from '../../context/recorder.js';
import { performance, wallNow } from '../../model/timers.js';
import type { Micros, SpanId } from '../../model/record.js';
import { failedOutput, isErrorIn } from '../failure-of.js';
import type { OtelSpan } from '../otel-span.js';
import type { OtelStep } from '../otel-step.js';
import { stepOf } from '../step-of.js';

/** A span whose start is recorded. */
export interface Begun {
  readonly handle: SpanHandle;
  readonly step: OtelStep;
  readonly span: OtelSpan;
}

/** Where the spans of a request began and ended on this process's clocks. */
export class Moments {
  private readonly wall = wallNow() * 1_000;
  private readonly mono = performance.now();

  of(at: Micros): { at: Micros; mono: number } {
    return { at, mono: this.mono - (this.wall - at) / 1_000 };
  }
}

/**
 * Records the start of a span; `undefined`: the trace takes no more spans.
 *
 * @param parent the span around it; `undefined`: the webhook itself
 */
export function beginSpan(
  ref: TraceRef,
  parent: SpanId | undefined,
  span: OtelSpan,
  moments: Moments,
): Begun | undefined {
  const step = stepOf(span);
  const handle = ref.recorder.startSpan(ref, {
    kind: step.type,
    name: step.name,
    input: step.input ?? NOTHING,
    attributes: { [ATTRIBUTE.source]: 'otlp' },
    given: step.attributes,
    began: moments.of(span.startedAt),
    id: span.spanId,
    parent,
  });
  return handle && { handle, step, span };
}

/**
 * Records the end of a span.
 *
 * @param errors errors of the request so far: one that passes through several spans is one object, so it is recorded once
 */
export function endSpan({ handle, step, span }: Begun, moments: Moments, errors: Map<string, Error>): void {
  const ended = moments.of(Math.max(span.startedAt, span.endedAt ?? span.startedAt));
  handle.end(outcomeOf(span, step, ended, errors));
}

function outcomeOf(
  span: OtelSpan,
  { type, error, output, usage }: OtelStep,
  ended: SpanOutcome['ended'],
  errors: Map<string, Error>,
): SpanOutcome {
  if (!error) return { kind: 'ok', output: output ?? NOTHING, ended, usage };
  if (!isErrorIn(span, type)) {
    return { kind: 'error', error, quiet: true, output: failedOutput(error, output), ended, usage };
  }
  const key = `${error.type}\n${error.message}`;
  const known = errors.get(key) ?? Object.assign(new Error(error.message), { name: error.type, stack: error.stack });
  errors.set(key, known);
  return { kind: 'error', error: known, ...(output !== undefined && { output }), ended, usage };
}
