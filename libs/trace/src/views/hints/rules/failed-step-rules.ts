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
 * outgoing call and an input that is too long, which have their own; for a step with a failed one inside; for a reason that a
 * recorded error has; and for a step that a later one of the same name, inside the same step, did without a failure.
 */
function failedSteps({ trace }: HintScene): string[] | undefined {
  const candidates = trace.events.flatMap(({ dto, span }): FailedStep[] => {
    const failure = span === null || callFacts(dto) !== undefined ? undefined : stepFailure(span);
    if (span === null || failure === undefined) return [];
    return span.kind === 'llm' && isTooLong([failure.code], failure.reason) ? [] : [{ span, failure }];
  });
  // Most traces have none.
  if (candidates.length === 0) return undefined;
  const overcome = overcomeIn(trace);
  const around = stepsAroundFailures(trace, overcome);
  const isRecorded = recordedReasons(trace);
  const failed = candidates.filter(
    ({ span, failure: { reason = '' } }) => !around.has(span.id) && !overcome(span) && !isRecorded(reason),
  );
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

/** The steps that hold a failed one, which is nearer to the cause. One that a later attempt overcame is no cause. */
function stepsAroundFailures(
  { spans }: AssembledTrace,
  overcome: (failed: AssembledSpan) => boolean,
): ReadonlySet<string> {
  const around = new Set<string>();
  for (const span of spans.values()) {
    if (span.outcome !== 'error' || overcome(span)) continue;
    for (let id = span.parent; id !== null && !around.has(id); id = spans.get(id)?.parent ?? null) around.add(id);
  }
  return around;
}

/** Distinct messages of errors that are compared at most: a trace has up to thousands of both. */
const MAX_MESSAGES = 100;

/** Whether a recorded error has the reason. */
function recordedReasons({ errors }: AssembledTrace): (reason: string) => boolean {
  const messages = [...new Set(errors.map(({ dto }) => dto.message))].slice(0, MAX_MESSAGES);
  return (reason) => reason !== '' && messages.some((message) => message.includes(reason));
}

/** Steps of one kind and name, inside the same step, have the same. */
function keyOf({ kind, name, parent }: AssembledSpan): string {
  return JSON.stringify([kind, name, parent]);
}

/** Whether a later step of the same kind and name, inside the same step, went well. */
function overcomeIn({ spans }: AssembledTrace): (failed: AssembledSpan) => boolean {
  const lastGood = new Map<string, number>();
  for (const span of spans.values()) {
    if (span.outcome !== null || span.endedAt === null) continue;
    const key = keyOf(span);
    lastGood.set(key, Math.max(lastGood.get(key) ?? 0, span.startedAt));
  }
  return (failed) => (lastGood.get(keyOf(failed)) ?? -1) >= (failed.endedAt ?? Infinity);
}
