import type { EventDto, HintDetail } from '../contract/responses.js';
import { meaningOf } from '../views/hints/rule-meanings.js';

const MAX_STEPS = 6;

/** What one rule found. The sentence is the collector's own; the hint itself quotes the trace, and is `untrusted`. */
export interface Finding {
  rule: string;
  means: string;
  /** Numbers of the steps that prove it. */
  steps?: number[];
}

/** The findings of these hints, each rule once. @param events the steps of the trace; left out: their numbers are not shown */
export function findingsOf(hints: readonly HintDetail[], events: readonly Pick<EventDto, 'seq'>[] = []): Finding[] {
  const known = new Set(events.map(({ seq }) => seq));
  const found = new Map<string, Finding>();
  for (const { rule, records = [] } of hints) {
    if (found.has(rule)) continue;
    const steps = records.filter((seq) => known.has(seq)).slice(0, MAX_STEPS);
    found.set(rule, { rule, means: meaningOf(rule), ...(steps.length > 0 && { steps }) });
  }
  return [...found.values()];
}

/** `sent`, `refused` by its provider, or `none recorded`. */
export function replyWord(replies: number | undefined, refused: number | undefined): string {
  if ((replies ?? 0) > 0) return 'sent';
  return (refused ?? 0) > 0 ? 'refused' : 'none recorded';
}
