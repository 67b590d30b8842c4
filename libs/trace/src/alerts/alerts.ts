import { randomUUID } from 'node:crypto';
import type { AlertChannelState, AlertChannelTest } from '../model/alert-state.js';
import { clearInterval, performance, setInterval } from '../model/timers.js';
import type { Micros } from '../model/record.js';
import { isoMicros } from '../model/trace-id.js';
import type { RecordConsumer } from '../pipeline/record-consumer.js';
import type { SentAlert, SentAlerts } from '../store/sent-alerts.js';
import { ALL, type Alert, type Finding } from './alert.js';
import type { ResolvedAlerts } from './alerts.options.js';
import { ChannelQueue, type QueueClock, SYSTEM_QUEUE_CLOCK } from './channels/channel-queue.js';
import { AlertEngine, type EngineParts } from './engine/alert-engine.js';
import type { Rule } from './rules/rule.js';
import { DirectorySent } from './sent/directory-sent.js';
import { KnownSent } from './sent/known-sent.js';

const TICK_MS = 1_000;
const PRUNE_MS = 3_600_000;
/** Milliseconds that the end of the application waits for alerts that are being sent. */
export const ALERTS_CLOSE_MS = 3_000;
const LISTED = 20;

/** What alerts need of the application. */
export interface AlertsParts extends Pick<
  EngineParts,
  'heads' | 'stored' | 'store' | 'marks' | 'state' | 'now' | 'instance'
> {
  dir: string;
  service?: string;
  /** Where all instances note what they sent. */
  shared?: SentAlerts;
}

/** State of the alerts of an application. */
export interface AlertsState {
  content: ResolvedAlerts['content'];
  quietMs: number;
  url: string | undefined;
  rules: Pick<Rule, 'id' | 'rule' | 'options'>[];
  channels: AlertChannelState[];
  sent: SentAlert[];
}

/** The alerts of one application: reads what ends in the journal, and sends what the rules find. */
export class Alerts {
  /** Reads the records of this process, and those that dead processes left. */
  readonly consumer: RecordConsumer;
  private readonly queues: ChannelQueue[];
  private engine: AlertEngine | undefined;
  private sent: KnownSent | undefined;
  private parts: AlertsParts | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param outside runs a function outside any trace. @param clock for tests */
  constructor(
    private readonly options: ResolvedAlerts,
    outside: <T>(work: () => T) => T,
    clock: QueueClock = SYSTEM_QUEUE_CLOCK,
  ) {
    this.queues = options.channels.map((channel) => new ChannelQueue(channel, clock, outside));
    this.consumer = {
      name: 'alerts',
      payloads: false,
      kinds: ['error', 'end'],
      consume: (batch) => this.engine?.traces.add(batch),
      flush: () => this.engine?.flush(),
    };
  }

  /** Begins to look. The consumer delivers nothing before the next turn of the event loop. */
  start(parts: AlertsParts): void {
    const { rules, quietMs } = this.options;
    const directory = new DirectorySent(parts.dir);
    this.parts = parts;
    this.sent = new KnownSent(directory, parts.shared);
    this.engine = new AlertEngine({
      ...parts,
      rules,
      quietMs,
      sent: this.sent,
      raise: (rule, finding) => this.send(this.alertOf(rule, finding)),
    });
    let prunedAt = Number.NEGATIVE_INFINITY;
    const tick = (): void => {
      void this.engine!.tick();
      if (performance.now() - prunedAt < PRUNE_MS) return;
      prunedAt = performance.now();
      directory.prune(parts.now(), Math.max(...rules.map(({ windowMs }) => windowMs), 0));
    };
    this.timer = setInterval(tick, TICK_MS).unref();
  }

  /** Evaluates what is due now. */
  async tick(): Promise<void> {
    await this.engine?.tick();
  }

  async state(): Promise<AlertsState> {
    const { content, quietMs, url, rules } = this.options;
    return {
      content,
      quietMs,
      url,
      rules: rules.map(({ id, rule, options }) => ({ id, rule, options })),
      channels: this.channels(),
      sent: (await this.sent?.list(LISTED)) ?? [],
    };
  }

  /** Counts of the channels since the start. */
  channels(): AlertChannelState[] {
    return this.queues.map((queue) => queue.state);
  }

  /** One sentence for each channel that fails or has dropped alerts, and for each rule that could not be evaluated. */
  problems(): string[] {
    const channels = this.channels().flatMap(({ name, failing, dropped }) => [
      ...(failing === null ? [] : [`Alerts cannot be sent to ${name}: ${failing}.`]),
      ...(dropped === 0 ? [] : [`${dropped} alerts to ${name} were dropped: more waited than are kept.`]),
    ]);
    const own = [...(this.engine?.failures.values() ?? []), this.sent?.problem].filter((text) => text !== undefined);
    return [...channels, ...own.map((text) => `${text.replace(/[.\s]+$/, '')}.`)];
  }

  /** Sends a test to every channel. Does not reject. */
  test(): Promise<AlertChannelTest[]> {
    const alert: Alert = {
      ...this.envelope('test', null),
      title: 'Test of alerts',
      text: 'Alerts of nestjs-trace-collector arrive here.',
      facts: {},
      link: this.options.url ?? null,
    };
    return Promise.all(
      this.queues.map(async (queue) => {
        const started = performance.now();
        const error = await queue.test(alert);
        const { name: channel, kind, target } = queue.state;
        return { channel, kind, target, error, durationMs: Math.round(performance.now() - started) };
      }),
    );
  }

  /** Sends what waits, within a bound. The consumer must be closed before. */
  async close(withinMs = ALERTS_CLOSE_MS): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.queues.map((queue) => queue.close(withinMs)));
  }

  private send(alert: Alert): void {
    for (const queue of this.queues) queue.add(alert);
  }

  private alertOf({ rule }: Rule, finding: Finding): Alert {
    const { subject, title, text, facts, path, tracePath, captured } = finding;
    const { url, content } = this.options;
    const isFull = content === 'message';
    return {
      ...this.envelope(rule, subject === ALL ? null : subject),
      title,
      text,
      facts,
      link: url === undefined ? null : `${url}/${isFull ? (tracePath ?? path) : path}`,
      ...(isFull && { captured }),
    };
  }

  private envelope(
    rule: Alert['rule'],
    subject: string | null,
  ): Pick<Alert, 'id' | 'rule' | 'subject' | 'at' | 'instance'> {
    const { now, instance = '', service } = this.parts ?? ({} as Partial<AlertsParts>);
    const at: Micros = now?.() ?? 0;
    return { id: randomUUID(), rule, subject, at: isoMicros(at), instance, ...(service !== undefined && { service }) };
  }
}
