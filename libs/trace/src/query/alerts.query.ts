import type { AlertsResponse, AlertTestResponse } from '../contract/responses.js';
import type { AlertChannelState, AlertChannelTest } from '../model/alert-state.js';
import { TraceCollectorError } from '../model/errors.js';
import { isoMicros } from '../model/trace-id.js';
import type { SentAlert } from '../store/sent-alerts.js';

/** The alerts of the application that answers, as the queries need them. */
export interface AlertsSource {
  state(): Promise<{
    content: 'none' | 'message';
    quietMs: number;
    url: string | undefined;
    rules: readonly { id: string; rule: string; options: Readonly<Record<string, string | number | boolean>> }[];
    channels: readonly AlertChannelState[];
    sent: readonly SentAlert[];
  }>;
  test(): Promise<readonly AlertChannelTest[]>;
}

/** @param source `undefined`: the application has no alerts */
export async function queryAlerts(source: AlertsSource | undefined): Promise<AlertsResponse> {
  if (!source) return { enabled: false, rules: [], channels: [], sent: [] };
  const { rules, channels, sent, content, quietMs, url } = await source.state();
  return {
    enabled: true,
    rules: rules.map(({ id, rule, options }) => {
      const last = sent.find((alert) => alert.rule === id);
      return { id, rule, options: { ...options }, last_sent_at: last ? isoMicros(last.at) : null };
    }),
    channels: channels.map(({ name, sentAt, kind, target, failing, ...counts }) => ({
      channel: name,
      kind,
      target,
      sent: counts.sent,
      failed: counts.failed,
      dropped: counts.dropped,
      waiting: counts.waiting,
      failing,
      last_sent_at: sentAt === null ? null : new Date(sentAt).toISOString(),
    })),
    sent: sent.map(({ at, rule, subject, title, instance }) => ({ at: isoMicros(at), rule, subject, title, instance })),
    content,
    quiet_ms: quietMs,
    url: url ?? null,
  };
}

/** Rejects with `NOT_SUPPORTED` where there is nothing to test. */
export async function testAlerts(source: AlertsSource | undefined): Promise<AlertTestResponse> {
  if (!source) {
    throw new TraceCollectorError(
      'NOT_SUPPORTED',
      'This application has no alerts. Give TraceModule the option `alerts`, such as { channels: [alertTo.slack(url)] }.',
    );
  }
  return {
    results: (await source.test()).map(({ channel, kind, target, error, durationMs }) => ({
      channel,
      kind,
      target,
      ok: error === null,
      error,
      duration_ms: durationMs,
    })),
  };
}
