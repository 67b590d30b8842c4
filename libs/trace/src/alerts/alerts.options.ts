import { badOption, durationOption, oneOf, textOption } from '../model/option-checks.js';
import type { AlertContent } from './alert.js';
import type { AlertChannel } from './channels/alert-to.js';
import type { Channel } from './channels/channel.js';
import { secretObjectOption } from '../model/secret-options.js';
import { resolveChannels } from './channels/resolve-channels.js';
import type { AlertRule } from './rules/alert-when.js';
import { resolveRules } from './rules/resolve-rules.js';
import type { Rule } from './rules/rule.js';

/** What is reported to people, when, and where. */
export interface AlertsOptions {
  /** Where alerts are sent: `alertTo.slack(url)`, `alertTo.webhook(url)`, `alertTo.custom(fn)`. */
  channels: AlertChannel[];
  /** What is reported: `alertWhen.newError()` and others. Default: `newError()`, `errorRate()` and `lost()`. */
  rules?: AlertRule[];
  /** Address of the page, such as `https://app.example.com/debug`, for a link in each alert. Default: alerts have no link. */
  url?: string;
  /** A rule sends no second alert about the same subject in this time: `30m`, or milliseconds. Default: 30 minutes. */
  quiet?: number | string;
  /**
   * `message`: alerts have the message of the error and the ids of traces, which begin with the contact. `none`: they have no
   * captured text, because a channel is a third party. Default: `none`.
   */
  content?: AlertContent;
}

export interface ResolvedAlerts {
  channels: Channel[];
  rules: Rule[];
  /** Without a slash at the end. */
  url: string | undefined;
  quietMs: number;
  content: AlertContent;
}

/** @returns `undefined` where the application has no alerts. @throws TraceCollectorError `OPTION_INVALID` */
export function resolveAlerts(given: AlertsOptions | undefined): ResolvedAlerts | undefined {
  if (given === undefined) return undefined;
  const { channels, rules, url, quiet, content } = secretObjectOption('alerts', given, [
    'channels',
    'rules',
    'url',
    'quiet',
    'content',
  ]);
  return {
    channels: resolveChannels(channels),
    rules: resolveRules(rules),
    url: urlOption(url),
    quietMs: durationOption('alerts.quiet', quiet, 1_800_000),
    content: oneOf('alerts.content', content, 'none', ['none', 'message']),
  };
}

function urlOption(given: unknown): string | undefined {
  const text = textOption('alerts.url', given);
  if (text === undefined) return undefined;
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw badOption('alerts.url', text, 'the address of the page, such as https://app.example.com/debug');
}
