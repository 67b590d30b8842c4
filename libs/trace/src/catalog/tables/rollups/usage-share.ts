import type { TraceUsage, UsageSums } from '../../../model/trace.js';
import { SUM_NAMES } from '../../../model/usage-sums.js';
import type { TermNames } from '../term-names.js';
import type { TermUses } from '../trace-terms.js';

/** The share of one trace in the sums over model calls. */
export interface TraceShare {
  all: UsageSums;
  /** By number of the term: its models and agents. */
  terms: ReadonlyMap<number, UsageSums>;
}

/**
 * A copy of a trace's sums with its models and agents as numbers. Only terms of the trace itself are used, so that what is
 * subtracted is what was added.
 */
export function usageShare(
  usage: TraceUsage | null,
  uses: TermUses,
  terms: Pick<TermNames, 'find'>,
): TraceShare | undefined {
  if (!usage) return undefined;
  const share = new Map<number, UsageSums>();
  for (const [kind, all] of [
    ['model', usage.models],
    ['agent', usage.agents],
  ] as const) {
    for (const [name, sums] of Object.entries(all)) {
      const term = terms.find(kind, name);
      if (term !== undefined && uses.has(term)) share.set(term, copyOf(sums));
    }
  }
  return { all: copyOf(usage), terms: share };
}

function copyOf(sums: UsageSums): UsageSums {
  return Object.fromEntries(SUM_NAMES.map((name) => [name, sums[name]])) as unknown as UsageSums;
}
