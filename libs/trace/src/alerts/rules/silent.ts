import { durationOption, numberOption, objectOption } from '../../model/option-checks.js';
import { ALL } from '../alert.js';
import { endedSince } from './ended-since.js';
import { listPath, namesOf, ruleId, spellWindow, type WindowRule } from './rule.js';

/** Options of `alertWhen.silent`. */
export interface SilentOptions {
  /** Number of contacts that got no reply. Default: 3. */
  count?: number;
  /** Traces that ended in this time: `15m`, or milliseconds. Default: 15 minutes. */
  window?: number | string;
}

export function silentRule(path: string, given: SilentOptions): WindowRule {
  const { count, window } = objectOption(path, given, ['count', 'window']);
  const options = {
    count: numberOption(`${path}.count`, count, 3, { min: 1, unit: 'contacts' }),
    window_ms: durationOption(`${path}.window`, window, 900_000),
  };
  const { window_ms: windowMs } = options;
  return {
    rule: 'silent',
    trigger: 'end',
    id: ruleId('silent', options),
    options,
    windowMs,
    isTouchedBy: (status) => status === 'silent',
    find: async (store, now) => {
      const heads = await endedSince(store, { status: 'silent' }, now, windowMs);
      const contacts = new Set(heads.map(({ contactId }) => contactId)).size;
      if (contacts < options.count) return [];
      return [
        {
          subject: ALL,
          title: `${contacts} ${contacts === 1 ? 'contact' : 'contacts'} got no reply in ${spellWindow(windowMs)}`,
          text: `${heads.length} ${heads.length === 1 ? 'trace' : 'traces'} ended without a recorded reply.`,
          facts: { contacts, traces: heads.length },
          path: listPath('status:silent', now - windowMs * 1_000),
          captured: namesOf(heads),
        },
      ];
    },
  };
}
