import { hasFailed } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';

/** A trace as one of several attempts of the same work. */
export interface Attempt {
  /** From 1. */
  number: number;
  /** The attempt before it, which failed; `null` for the first. */
  before: TraceHead | null;
  /** The newest attempt. */
  last: TraceHead;
}

/**
 * The attempts among traces that continue the same one, by journal key. A trace is the next attempt after another one
 * where the records prove it: both came from the same span, and the earlier one had failed and ended before the later
 * one began. Everything else, such as two jobs side by side, is no attempt.
 */
export function attemptsOf(heads: readonly TraceHead[]): Map<string, Attempt> {
  const chains = new Map<string | null, TraceHead[][]>();
  for (const head of [...heads].sort((a, b) => a.startedAt - b.startedAt)) {
    const ofSpan = chains.get(head.linkSpan) ?? [];
    chains.set(head.linkSpan, ofSpan);
    const chain = ofSpan.at(-1);
    if (chain && isRetry(chain.at(-1)!, head)) chain.push(head);
    else ofSpan.push([head]);
  }
  const attempts = new Map<string, Attempt>();
  for (const chain of [...chains.values()].flat()) {
    if (chain.length === 1) continue;
    const last = chain.at(-1)!;
    chain.forEach(({ key }, index) => attempts.set(key, { number: index + 1, before: chain[index - 1] ?? null, last }));
  }
  return attempts;
}

function isRetry(before: TraceHead, after: TraceHead): boolean {
  return hasFailed(before.status) && before.lastAt <= after.startedAt;
}
