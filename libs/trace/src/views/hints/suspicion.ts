import { hasFailed, type TraceStatus } from '../../model/status.js';
import type { FullTraceResponse, HintDetail } from '../../contract/responses.js';

/** Rules whose hints are about no problem: how it went well, where other work is, and what kind of webhook it was. */
const CALM_RULES: ReadonlySet<string> = new Set([
  'completed',
  'nothing_traced',
  'still_running',
  'linked',
  'edited',
  'several_contacts',
]);

/** The hints of a trace about problems, in their order. */
export function problemHints({ debug_hint_details }: Pick<FullTraceResponse, 'debug_hint_details'>): HintDetail[] {
  return (debug_hint_details ?? []).filter(({ rule }) => !CALM_RULES.has(rule));
}

/** Whether a trace failed, or has a hint about a problem. */
export function isSuspicious({ status, hints }: { status: TraceStatus; hints: readonly unknown[] }): boolean {
  return hasFailed(status) || hints.length > 0;
}
