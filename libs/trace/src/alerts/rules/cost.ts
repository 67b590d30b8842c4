import { badOption, durationOption, objectOption, oneOf } from '../../model/option-checks.js';
import { clipText, oneLine } from '../../views/text/visible-text.js';
import type { TraceSample, UsageSums } from '../../model/trace.js';
import { ALL } from '../alert.js';
import { ruleId, spellWindow, type WindowRule } from './rule.js';

/** Options of `alertWhen.cost`. */
export interface CostAlertOptions {
  /** US dollars from which it alerts. */
  usd: number;
  /** Traces that began in this time: `1d`, or milliseconds. Default: 1 day. */
  window?: number | string;
  /** Sums per agent or per model, with an alert for each; `all`: one sum. Default: `all`. */
  by?: 'all' | 'agent' | 'model';
}

const NANO = 1e9;

export function costRule(path: string, given: CostAlertOptions): WindowRule {
  const { usd, window, by } = objectOption(path, given, ['usd', 'window', 'by']);
  if (typeof usd !== 'number' || !(usd > 0)) throw badOption(`${path}.usd`, usd, 'US dollars, a number above 0');
  const options = {
    usd,
    window_ms: durationOption(`${path}.window`, window, 86_400_000),
    by: oneOf(`${path}.by`, by, 'all', ['all', 'agent', 'model']),
  };
  const { window_ms: windowMs } = options;
  return {
    rule: 'cost',
    trigger: 'end',
    id: ruleId('cost', options),
    options,
    windowMs,
    isTouchedBy: () => true,
    find: async (store, now) => {
      const sums = sumsBy(await store.sample({ since: now - windowMs * 1_000, until: now }), options.by);
      return sums
        .filter(({ usage }) => usage.costNano >= usd * NANO)
        .map(({ name, usage }) => {
          const spent = Math.round(usage.costNano / 1e7) / 100;
          const whose = options.by === 'all' ? 'Model calls' : `${options.by} ${clipText(oneLine(name), 120)}`;
          const unknown = usage.unknownCost > 0 ? ` The cost of ${usage.unknownCost} more is not known.` : '';
          return {
            subject: name,
            title: `${whose} cost $${spent} in ${spellWindow(windowMs)}`,
            text: `${usage.calls} calls; the limit is $${usd}.${unknown}`,
            facts: { usd: spent, calls: usage.calls, unknown_cost: usage.unknownCost },
            path: '#/stats',
            captured: { trace_ids: [] },
          };
        });
    },
  };
}

function sumsBy(
  { usage, steps = [] }: TraceSample,
  by: 'all' | 'agent' | 'model',
): { name: string; usage: UsageSums }[] {
  if (by === 'all') return usage ? [{ name: ALL, usage }] : [];
  return steps.flatMap((step) => (step.kind === by && step.usage ? [{ name: step.name, usage: step.usage }] : []));
}
