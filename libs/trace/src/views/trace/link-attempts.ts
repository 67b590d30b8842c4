import { hasFailed } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';

/** One of several attempts of the same work. */
export interface Attempt {
  /** Number of the attempt, from 1. */
  number: number;
  /** The attempt before it, which failed; `null` for the first. */
  before: TraceHead | null;
  /** The newest attempt. */
  last: TraceHead;
}

/**
 * Attempts among the traces that continue the same one, by trace key. A trace is the next attempt after another one if
 * both came from the same span, and the earlier one failed and ended before the later one began. Two jobs that run at the
 * same time are not attempts.
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
