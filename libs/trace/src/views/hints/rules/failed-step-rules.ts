import { callFacts, failureWords, stepFailure, type StepFailure } from '../../events/call-words.js';
import { countOf } from '../../text/durations.js';
import type { AssembledSpan, AssembledTrace } from '../../trace/assemble.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { isTooLong } from './too-long.js';

/** Hints of one rule at most. */
const MAX_HINTS = 3;

const failedProof = records(
  'span_end',
  'the ends of steps that failed, with the reason in their output',
  ({ outcome, output }) => stepFailure({ outcome, output }) !== undefined,
);

/** Rules about queries, model calls and messages whose failure is an answer to the code, and no error of the trace. */
export const FAILED_STEP_RULES: readonly HintRuleDefinition[] = [
  { name: 'failed_step', provedBy: [failedProof], hint: failedSteps },
];

interface FailedStep {
  span: AssembledSpan;
  failure: StepFailure;
}

/**
 * Proved by: the ends of steps with outcome `error` and a reason in the output, as spans of OpenTelemetry have it. No hint for an
 * outgoing call and an input that is too long, which have their own; for a step with a failed one inside; for a reason that a recorded error has; and for a
 * step that a later one of the same name, inside the same step, did without a failure.
 */
function failedSteps({ trace }: HintScene): string[] | undefined {
  const around = stepsAroundFailures(trace);
  const failed = trace.events.flatMap(({ dto, span }): FailedStep[] => {
    if (span === null || callFacts(dto) !== undefined) return [];
    const failure = stepFailure(span);
    if (failure === undefined || around.has(span.id)) return [];
    if (span.kind === 'llm' && isTooLong([failure.code], failure.reason)) return [];
    return isRecorded(failure, trace) || isRepeated(span, trace) ? [] : [{ span, failure }];
  });
  if (failed.length === 0) return undefined;
  const more = failed.length - MAX_HINTS;
  return [
    ...failed.slice(0, MAX_HINTS).map(({ span, failure }) => `${labelOf(span)}: ${span.name}${failureWords(failure)}`),
    ...(more > 0 ? [`⚠️ ${countOf(more, 'more step')} failed`] : []),
  ];
}

function labelOf({ kind }: AssembledSpan): string {
  if (kind === 'db') return '🗄️ Failed query';
  return kind === 'llm' ? '🌐 Failed model call' : '⚠️ Failed step';
}

/** The steps that hold a failed one: it is nearer to the cause. */
function stepsAroundFailures({ spans }: AssembledTrace): ReadonlySet<string> {
  const around = new Set<string>();
  for (const span of spans.values()) {
    if (span.outcome !== 'error') continue;
    for (let id = span.parent; id !== null && !around.has(id); id = spans.get(id)?.parent ?? null) around.add(id);
  }
  return around;
}

function isRecorded({ reason }: StepFailure, { errors }: AssembledTrace): boolean {
  return reason !== undefined && errors.some(({ dto }) => dto.message.includes(reason));
}

function isRepeated(failed: AssembledSpan, { spans }: AssembledTrace): boolean {
  return [...spans.values()].some(
    ({ kind, name, parent, outcome, startedAt, endedAt }) =>
      kind === failed.kind &&
      name === failed.name &&
      parent === failed.parent &&
      outcome === null &&
      endedAt !== null &&
      startedAt >= (failed.endedAt ?? Infinity),
  );
}
