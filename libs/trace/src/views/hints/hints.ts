import type { Micros } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import type { AssembledTrace } from '../trace/assemble.js';
import type { ErrorDto, EventDto, FullTraceResponse, HintDetail, SummaryDto } from '../../contract/responses.js';
import { durationMs } from '../trace/list-item.js';
import type { EventTypes } from '../events/event-types.js';
import { BASELINE_HINTS } from './comparing/baseline-hints.js';
import { CALL_RULES } from './rules/call-rules.js';
import { CLAIM_RULES } from './rules/claim-rules.js';
import { ALL_IS_WELL, COMPLETED, NOTHING_INSIDE, NOTHING_TRACED } from './rules/closing-rules.js';
import { CONTACT_HINTS } from './comparing/contact-hints.js';
import { DATE_RULES } from './rules/date-rules.js';
import { ERROR_RULES } from './rules/error-rules.js';
import { FAILED_STEP_RULES } from './rules/failed-step-rules.js';
import { HISTORY_RULES } from './rules/history-rules.js';
import { proofsOf } from './rules/hint-rule.js';
import type { HintRuleDefinition, HintScene } from './rules/hint-rule.js';
import { LIFE_RULES } from './rules/life-rules.js';
import { LOG_RULES } from './rules/log-rules.js';
import { MODEL_RULES } from './rules/model-rules.js';
import type { HintLookups, Related } from './related.js';
import { RETRY_RULES } from './rules/retry-rules.js';
import { WEBHOOK_RULES } from './rules/webhook-rules.js';
import { WORK_RULES } from './rules/work-rules.js';
import { repeatedWrites, WRITE_RULES } from './rules/write-rules.js';
import { oneLine } from '../text/visible-text.js';

export { ALL_IS_WELL, NOTHING_INSIDE };

/** Input of an application's own hint rule, in the keys of the full trace. */
export interface HintInput {
  readonly trace_id: string;
  readonly contact_id: string;
  readonly status: TraceStatus;
  readonly duration_ms: number;
  readonly webhook_message: string | null;
  readonly status_code: number | null;
  readonly summary: SummaryDto;
  readonly events: readonly EventDto[];
  readonly errors: readonly ErrorDto[];
}

/**
 * A hint rule of the application. Returns one line that begins with an emoji, several lines, or nothing. Runs after the
 * built-in rules. A rule that throws gives a hint about its error; the other rules still run.
 *
 * @example
 * const bigLead: HintRule = ({ summary }) => (summary.lead_score ?? 0) > 90 && '🔥 Lead score over 90';
 */
export type HintRule = (trace: HintInput) => string | readonly string[] | undefined | null | false;

export interface HintContext extends HintLookups {
  summary: SummaryDto;
  types: EventTypes;
  now: Micros;
  /** A trace that took longer, in milliseconds, is slow. */
  slowMs: number;
  custom: readonly HintRule[];
  /** Hints about work of this trace that continues in other traces; they follow those about the trace itself. */
  findings?: readonly HintDetail[];
  /** Traces and baselines to compare the trace with. Default: none. */
  related?: Related;
  /** Hints about where other parts of the work are; they come last and contradict no other hint. */
  notes?: readonly HintDetail[];
}

/**
 * The built-in rules in the order of their hints: how the trace ended, errors, outgoing calls, models, replies, logs, the
 * work, the webhook.
 */
export const BUILT_IN_HINTS: readonly HintRuleDefinition[] = [
  ...LIFE_RULES,
  ...ERROR_RULES,
  ...CALL_RULES,
  ...FAILED_STEP_RULES,
  ...RETRY_RULES,
  ...MODEL_RULES,
  ...CLAIM_RULES,
  ...DATE_RULES,
  ...WRITE_RULES,
  ...LOG_RULES,
  ...WORK_RULES,
  ...HISTORY_RULES,
  ...WEBHOOK_RULES,
  NOTHING_TRACED,
];

/** Whether a trace is completed and no hint says more than that. */
export function wentWell({ status, debug_hints: hints }: Pick<FullTraceResponse, 'status' | 'debug_hints'>): boolean {
  return status === 'completed' && hints.every((hint) => hint === ALL_IS_WELL || hint === NOTHING_INSIDE);
}

/** Records per detail at most, because a loop may record thousands. */
const MAX_PROOFS = 20;

/**
 * The hints of a trace with the rule that made each, and for built-in rules the `seq` of the records that prove it. Empty
 * only for a torn trace to which no rule applies.
 */
export function hintDetails(trace: AssembledTrace, context: HintContext): HintDetail[] {
  const scene: HintScene = { ...context, trace, durationMs: durationMs(trace.head, context.now) };
  const { made, failures } = customHints(scene, context.custom);
  const hints = [
    ...BUILT_IN_HINTS.flatMap((rule) => detailsOf(rule, scene)),
    ...(context.findings ?? []),
    ...comparingHints(trace, context.related),
    ...made,
  ];
  if (hints.length === 0) hints.push(...detailsOf(COMPLETED, scene));
  return [...hints, ...(context.notes ?? []), ...failures].map((detail) => ({ ...detail, hint: oneLine(detail.hint) }));
}

function detailsOf(rule: HintRuleDefinition, scene: HintScene): HintDetail[] {
  const hints = listOf(rule.hint(scene));
  if (hints.length === 0) return [];
  const records = proofsOf(rule, scene, MAX_PROOFS);
  return hints.map((hint) => ({ rule: rule.name, hint, records }));
}

/** Hints about how the trace differs from others, with their evidence. */
function comparingHints(trace: AssembledTrace, related: Related | undefined): HintDetail[] {
  if (!related) return [];
  const { baseline } = related;
  return [
    ...(baseline ? BASELINE_HINTS.flatMap((rule) => rule(trace, baseline)) : []),
    ...CONTACT_HINTS.flatMap((rule) => rule(trace, related)),
    ...repeatedWrites(trace, related.first),
  ];
}

function customHints(scene: HintScene, rules: readonly HintRule[]): { made: HintDetail[]; failures: HintDetail[] } {
  const made: HintDetail[] = [];
  const failures: HintDetail[] = [];
  for (const rule of rules) {
    const name = rule.name === '' ? '' : ` (${rule.name})`;
    try {
      made.push(...listOf(rule(inputOf(scene))).map((hint) => ({ rule: 'custom', hint })));
    } catch (error) {
      failures.push({ rule: 'custom', hint: `⚠️ A hint rule${name} failed: ${String(error)}` });
    }
  }
  return { made, failures };
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
    events: trace.events.map(({ dto }) => dto),
    errors: trace.errors.map(({ dto }) => dto),
  };
}
