import type { Micros } from '../model/record.js';
import type { TraceStatus } from '../model/status.js';
import type { AssembledTrace } from './assemble.js';
import type { ErrorAnswer, EventAnswer, SummaryAnswer } from './answers.js';
import { durationMs } from './durations.js';
import type { EventTypes } from './event-types.js';
import { BUILT_IN_HINTS } from './hint-rules.js';
import type { HintScene } from './hint-rules.js';
import { oneLine } from './visible-text.js';

/** What an application's own hint rule may look at: the full trace's keys. */
export interface HintInput {
  readonly trace_id: string;
  readonly contact_id: string;
  readonly status: TraceStatus;
  readonly duration_ms: number;
  readonly webhook_message: string | null;
  readonly status_code: number | null;
  readonly summary: SummaryAnswer;
  readonly events: readonly EventAnswer[];
  readonly errors: readonly ErrorAnswer[];
}

/**
 * A hint of the application's own: one line that begins with an emoji, several of them, or nothing. Asked after the
 * built-in rules. A rule that throws is told of in the hints and stops nobody else.
 */
export type HintRule = (trace: HintInput) => string | readonly string[] | undefined | null | false;

export interface HintContext {
  summary: SummaryAnswer;
  types: EventTypes;
  /** Id of the trace that had this message first. */
  duplicateOf: string | null;
  now: Micros;
  /** A trace that took longer is slow. */
  slowMs: number;
  custom: readonly HintRule[];
  /** Hints from comparing with other traces; told after what the trace says of itself. */
  compared?: readonly string[];
}

export const ALL_IS_WELL = '✅ Workflow completed successfully';

/** What is wrong with a trace, one line each, or that nothing is. */
export function debugHints(trace: AssembledTrace, context: HintContext): string[] {
  const scene: HintScene = { ...context, trace, durationMs: durationMs(trace.head, context.now) };
  const hints = BUILT_IN_HINTS.flatMap((rule) => rule(scene) ?? []);
  hints.push(...(context.compared ?? []));
  const failures: string[] = [];
  for (const rule of context.custom) {
    try {
      hints.push(...listOf(rule(inputOf(scene))));
    } catch (error) {
      failures.push(`⚠️ A hint rule${rule.name === '' ? '' : ` (${rule.name})`} failed: ${String(error)}`);
    }
  }
  if (hints.length === 0) hints.push(ALL_IS_WELL);
  return [...hints, ...failures].map(oneLine);
}

function listOf(answer: ReturnType<HintRule>): string[] {
  const given = Array.isArray(answer) ? answer : [answer];
  return given.filter((hint): hint is string => typeof hint === 'string' && hint !== '');
}

function inputOf({ trace, summary, durationMs: ms }: HintScene): HintInput {
  const { head } = trace;
  return {
    trace_id: head.traceId,
    contact_id: head.contactId,
    status: head.status,
    duration_ms: ms,
    webhook_message: head.message,
    status_code: head.statusCode,
    summary,
    events: trace.events.map(({ answer }) => answer),
    errors: trace.errors.map(({ answer }) => answer),
  };
}
