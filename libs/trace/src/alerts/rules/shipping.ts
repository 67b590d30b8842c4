import { durationOption, numberOption, objectOption } from '../../model/option-checks.js';
import { ruleId, type HealthRule } from './rule.js';

/** Options of `alertWhen.shipping`. */
export interface ShippingOptions {
  /** Age of the oldest record that the shared store has not got, in milliseconds. Default: 60,000. */
  lagMs?: number;
  /** One alert at most in this time: `1h`, or milliseconds. Default: 1 hour. */
  window?: number | string;
}

export function shippingRule(path: string, given: ShippingOptions): HealthRule {
  const { lagMs, window } = objectOption(path, given, ['lagMs', 'window']);
  const options = {
    lag_ms: numberOption(`${path}.lagMs`, lagMs, 60_000, { min: 1, unit: 'milliseconds' }),
    window_ms: durationOption(`${path}.window`, window, 3_600_000),
  };
  return {
    rule: 'shipping',
    trigger: 'health',
    id: ruleId('shipping', options),
    options,
    windowMs: options.window_ms,
    find: ({ health: { shared }, instance }, now) => {
      if (!shared) return [];
      const awayMs = shared.connected ? 0 : now / 1_000 - Date.parse(shared.since);
      const lag = Math.round(Math.max(shared.lag_ms, awayMs));
      if (lag < options.lag_ms) return [];
      const state = shared.connected ? 'is behind with records of' : 'is out of reach for';
      return [
        {
          subject: instance,
          title: `The shared store ${state} ${instance}`,
          text: `${shared.lag_bytes} bytes wait in the directory, for ${Math.round(lag / 1_000)} s.`,
          facts: { lag_ms: lag, lag_bytes: shared.lag_bytes, kind: shared.kind },
          path: '#/',
          captured: { trace_ids: [] },
        },
      ];
    },
  };
}
