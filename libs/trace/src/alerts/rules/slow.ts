import { durationOption, numberOption, objectOption } from '../../model/option-checks.js';
import { ALL } from '../alert.js';
import { endedSince } from './ended-since.js';
import { listPath, namesOf, ruleId, spellWindow, type WindowRule } from './rule.js';

/** Options of `alertWhen.slow`. */
export interface SlowOptions {
  /** Duration from which a trace is slow, in milliseconds. Default: 10,000. */
  ms?: number;
  /** Number of slow traces. Default: 5. */
  count?: number;
  /** Traces that ended in this time: `5m`, or milliseconds. Default: 5 minutes. */
  window?: number | string;
}

export function slowRule(path: string, given: SlowOptions): WindowRule {
  const { ms, count, window } = objectOption(path, given, ['ms', 'count', 'window']);
  const options = {
    ms: numberOption(`${path}.ms`, ms, 10_000, { min: 1, unit: 'milliseconds' }),
    count: numberOption(`${path}.count`, count, 5, { min: 1, unit: 'traces' }),
    window_ms: durationOption(`${path}.window`, window, 300_000),
  };
  const { window_ms: windowMs } = options;
  return {
    rule: 'slow',
    trigger: 'end',
    id: ruleId('slow', options),
    options,
    windowMs,
    isTouchedBy: () => true,
    find: async (store, now) => {
      const heads = await endedSince(store, { minDurationMs: options.ms }, now, windowMs);
      if (heads.length < options.count) return [];
      const longest = Math.max(...heads.map(({ startedAt, endedAt }) => (endedAt! - startedAt) / 1_000));
      return [
        {
          subject: ALL,
          title: `${heads.length} traces took ${options.ms / 1_000} s or longer in ${spellWindow(windowMs)}`,
          text: `The longest took ${Math.round(longest / 100) / 10} s.`,
          facts: { traces: heads.length, longest_ms: Math.round(longest) },
          path: listPath('', now - windowMs * 1_000),
          captured: namesOf(heads),
        },
      ];
    },
  };
}
