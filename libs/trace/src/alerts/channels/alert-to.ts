import type { Alert } from '../alert.js';

/** Options that all channels have. */
export interface ChannelOptions {
  /** Name in `alerts list` and in health. Default: `slack`, `webhook` or `custom`, with a number for a second one. */
  name?: string;
}

/** Options of `alertTo.webhook`. */
export interface WebhookChannelOptions extends ChannelOptions {
  /** Signs each request, at least 16 characters. See `verifyAlertSignature`. Default: requests are not signed. */
  secret?: string;
  /** Headers of each request, such as `authorization`. They are shown nowhere. */
  headers?: Record<string, string>;
}

/** A channel of the option `alerts.channels`, made by `alertTo`. Its address and secrets are not in its JSON. */
export interface AlertChannel {
  readonly kind: 'slack' | 'webhook' | 'custom';
}

/** What `alertTo` was given. */
export interface GivenChannel extends AlertChannel {
  readonly url?: unknown;
  readonly send?: unknown;
  readonly options: WebhookChannelOptions;
}

/**
 * The channels of the option `alerts.channels`.
 *
 * @example
 * TraceModule.forRoot({
 *   alerts: {
 *     channels: [
 *       alertTo.slack(process.env.SLACK_URL!),
 *       alertTo.webhook('https://ops.example.com/alerts', { secret: process.env.ALERT_SECRET }),
 *       alertTo.custom(async (alert) => console.error(alert.title)),
 *     ],
 *   },
 * });
 */
export const alertTo = {
  /** An incoming webhook of Slack, `https://hooks.slack.com/services/…`. */
  slack: (url: string, options: ChannelOptions = {}): AlertChannel => channel('slack', { url }, options),
  /** A `POST` of the alert as JSON. */
  webhook: (url: string, options: WebhookChannelOptions = {}): AlertChannel => channel('webhook', { url }, options),
  /** A function. It is called outside any trace and has 5 s; one that rejects is called again, three times in all. */
  custom: (send: (alert: Alert) => void | Promise<void>, options: ChannelOptions = {}): AlertChannel =>
    channel('custom', { send }, options),
} as const;

/** What must not be printed with the options of an application is not enumerable. */
function channel(kind: AlertChannel['kind'], hidden: object, options: object): AlertChannel {
  const made = { kind };
  for (const [key, value] of Object.entries({ ...hidden, options })) {
    Object.defineProperty(made, key, { value, enumerable: false });
  }
  return made;
}
