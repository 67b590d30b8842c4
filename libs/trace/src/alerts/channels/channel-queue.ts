import type { AlertChannelState } from '../../model/alert-state.js';
import { clearTimeout, setTimeout, wallNow } from '../../model/timers.js';
import { oneLine, clipText } from '../../views/text/visible-text.js';
import type { Alert } from '../alert.js';
import type { Channel } from './channel.js';
import { Refused } from './post.js';

/** Alerts that wait for one channel. */
const MAX_WAITING = 100;
/** Waits before the second and the third try, in milliseconds. */
const BACK_OFF_MS = [1_000, 5_000];
/** The longest `Retry-After` that is kept. */
const MAX_RETRY_AFTER_MS = 300_000;

/** How a queue waits and reads the time; tests have their own. */
export interface QueueClock {
  nowMs(): number;
  /** Resolves after `ms`, or at once when the signal fires. Does not keep the process alive. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Sends the alerts of one channel, one after the other, outside of everything else. Never throws. */
export class ChannelQueue {
  private readonly waiting: Alert[] = [];
  private readonly counts = { sent: 0, failed: 0, dropped: 0 };
  private readonly closing = new AbortController();
  private failing: string | null = null;
  private sentAt: number | null = null;
  private running: Promise<void> | undefined;
  private isClosed = false;

  /** @param outside runs a function outside any trace */
  constructor(
    private readonly channel: Channel,
    private readonly clock: QueueClock,
    private readonly outside: <T>(work: () => T) => T,
  ) {}

  get state(): AlertChannelState {
    const { name, kind, target } = this.channel;
    const { failing, sentAt } = this;
    return { name, kind, target, ...this.counts, waiting: this.waiting.length, failing, sentAt };
  }

  /** Returns at once. */
  add(alert: Alert): void {
    if (this.isClosed || this.waiting.length >= MAX_WAITING) {
      this.counts.dropped += 1;
      return;
    }
    this.waiting.push(alert);
    this.running ??= this.run();
  }

  /** Sends one alert now, with a single try. Returns why it failed; `null`: it was sent. */
  async test(alert: Alert): Promise<string | null> {
    try {
      await this.outside(() => this.channel.send(alert));
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** Sends what waits, each alert with the try that it has begun. What is left after `withinMs` is dropped. */
  async close(withinMs: number): Promise<void> {
    this.isClosed = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    // Nothing waits for a second try any more.
    this.closing.abort();
    await Promise.race([late, this.running]);
    clearTimeout(timer);
    this.counts.dropped += this.waiting.splice(0).length;
  }

  private async run(): Promise<void> {
    // After `running` is set.
    await undefined;
    for (let alert = this.waiting[0]; alert; alert = this.waiting[0]) {
      const wasSent = await this.send(alert);
      // `close` may have emptied the queue.
      if (this.waiting[0] === alert) this.waiting.shift();
      this.counts[wasSent ? 'sent' : 'failed'] += 1;
      if (wasSent) this.sentAt = this.clock.nowMs();
    }
    this.running = undefined;
  }

  private async send(alert: Alert): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      try {
        await this.outside(() => this.channel.send(alert));
        this.failing = null;
        return true;
      } catch (error) {
        this.failing = reasonOf(error);
        const pause = BACK_OFF_MS[tries];
        if (pause === undefined || isFinal(error) || this.closing.signal.aborted) return false;
        const asked = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
        // With jitter, so that several processes do not call a server that is down at the same moments.
        const ms = Math.max(Math.min(asked, MAX_RETRY_AFTER_MS), pause * (0.75 + Math.random() / 2));
        await this.clock.wait(ms, this.closing.signal);
      }
    }
  }
}

/** The request itself is refused: a second one would be, too. */
function isFinal(error: unknown): boolean {
  return error instanceof Refused && error.status < 500 && ![408, 425, 429].includes(error.status);
}

/** In words, without addresses: a path may be a secret. */
function reasonOf(error: unknown): string {
  let text: string;
  try {
    // Not by its class: an error may come from another realm, such as a test's.
    const { message } = (error ?? {}) as { message?: unknown };
    text = typeof message === 'string' && message !== '' ? message : String(error);
  } catch {
    text = 'unknown error';
  }
  return clipText(oneLine(text.replace(/\bhttps?:\/\/[^\s'"]+/gi, '(address not shown)')), 200);
}

/** The machine's time. */
export const SYSTEM_QUEUE_CLOCK: QueueClock = {
  nowMs: wallNow,
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms).unref();
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    }),
};
