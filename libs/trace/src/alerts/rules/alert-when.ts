import type { AlertRuleName } from '../alert.js';
import type { CostAlertOptions } from './cost.js';
import type { ErrorRateOptions } from './error-rate.js';
import type { LostOptions } from './lost.js';
import type { NewErrorOptions } from './new-error.js';
import type { ShippingOptions } from './shipping.js';
import type { SilentOptions } from './silent.js';
import type { SlowOptions } from './slow.js';

/** A rule of the option `alerts.rules`, made by `alertWhen`. Its options are checked at the start of the application. */
export interface AlertRule {
  readonly rule: AlertRuleName;
  readonly options: object;
}

/**
 * The rules of the option `alerts.rules`.
 *
 * @example
 * TraceModule.forRoot({
 *   alerts: {
 *     channels: [alertTo.slack(process.env.SLACK_URL!)],
 *     rules: [alertWhen.newError(), alertWhen.silent({ count: 3, window: '15m' }), alertWhen.cost({ usd: 20, by: 'agent' })],
 *   },
 * });
 */
export const alertWhen = {
  /** An error that was not recorded for a while. */
  newError: (options: NewErrorOptions = {}): AlertRule => ({ rule: 'newError', options }),
  /** A share of traces failed. */
  errorRate: (options: ErrorRateOptions = {}): AlertRule => ({ rule: 'errorRate', options }),
  /** Contacts got no reply. Needs the option `lifecycle.expectReply`. */
  silent: (options: SilentOptions = {}): AlertRule => ({ rule: 'silent', options }),
  /** Traces took long. */
  slow: (options: SlowOptions = {}): AlertRule => ({ rule: 'slow', options }),
  /** Model calls cost more than this, as far as their cost is known. */
  cost: (options: CostAlertOptions): AlertRule => ({ rule: 'cost', options }),
  /** Records were not kept. */
  lost: (options: LostOptions = {}): AlertRule => ({ rule: 'lost', options }),
  /** The shared store does not get the records. */
  shipping: (options: ShippingOptions = {}): AlertRule => ({ rule: 'shipping', options }),
} as const;
