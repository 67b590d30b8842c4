import { NOTHING, type SpanOutcome } from '../../context/recorder.js';
import { reportedError } from '../../context/reported-error.js';
import { failedOutput, hasException, isCall } from '../failure-of.js';
import type { OtelSpan } from '../otel-span.js';
import type { OtelStep } from '../otel-step.js';
import { stepOf } from '../step-of.js';
import { momentOf } from './moments.js';
import { otelSpan, type SdkSpan } from './sdk-span.js';

/** How a span of the SDK ended. */
export function outcomeOf(span: SdkSpan, undecided: boolean): SpanOutcome {
  const read = otelSpan(span);
  const step = stepOf(read);
  // Made for this outcome and for nothing else.
  step.attributes['otel.scope.name'] = read.scope.name;
  const rest = {
    input: step.input,
    output: step.output === undefined ? NOTHING : step.output,
    usage: step.usage,
    given: step.attributes,
    ended: momentOf(read.endedAt),
    ...(undecided && { decided: { name: step.name, kind: step.type } }),
  };
  const { error, output } = step;
  if (error === undefined) return { kind: 'ok', ...rest };
  if (isThrown(read, step)) return { kind: 'error', ...rest, error: reportedError(error) };
  return { kind: 'error', ...rest, error, quiet: true, output: failedOutput(error, output) };
}

/**
 * Whether the failure is an error of the trace: an exception of work in this process. That of a call goes to the application, which throws
 * it further or does not; what leaves the handler of a request is seen there, with all that it has.
 */
function isThrown(span: OtelSpan, step: OtelStep): boolean {
  if (isCall(span, step.type) || span.attributes['nestjs.type'] !== undefined) return false;
  return hasException(span);
}
