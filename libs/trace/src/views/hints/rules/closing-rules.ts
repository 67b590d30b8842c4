import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { isInside } from './recorded.js';

const completedProof = records('end', 'the `end` with status `completed`', ({ status }) => status === 'completed');

const insideProof = { what: 'a span, an event, a reply or a log of the application', holds: isInside };

export const NOTHING_INSIDE = 'ℹ️ No error was recorded; nothing inside the handler was traced';

/**
 * Proved by: the `end` with status `completed`, no error, and no span, event, reply or log of the application. No hint
 * where other traces continue this one.
 */
export const NOTHING_TRACED: HintRuleDefinition = {
  name: 'nothing_traced',
  provedBy: [completedProof],
  refutedBy: [insideProof, records('error', 'an `error` record')],
  hint: ({ trace, continued }) =>
    isCompleted(trace) && !continued && !trace.records.some(isInside) ? NOTHING_INSIDE : undefined,
};

export const ALL_IS_WELL = '✅ Workflow completed successfully';

/**
 * Proved by: the `end` with status `completed`, and a span, event, reply or log of the application or a trace that
 * continues this one. Runs only where no other hint applies.
 */
export const COMPLETED: HintRuleDefinition = {
  name: 'completed',
  provedBy: [completedProof, insideProof],
  hint: ({ trace, continued }) =>
    isCompleted(trace) && (continued || trace.records.some(isInside)) ? ALL_IS_WELL : undefined,
};

function isCompleted({ head }: HintScene['trace']): boolean {
  return head.status === 'completed' && head.endedAt !== null && head.errors === 0;
}
