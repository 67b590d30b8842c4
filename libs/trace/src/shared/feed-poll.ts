import { clearTimeout, setTimeout } from '../model/timers.js';
import { notifyAll } from '../store/notify-all.js';

const POLL_MS = 250;
/** Longest time between two polls while the database does not answer, in milliseconds. */
const MAX_POLL_MS = 2_000;

/** Calls listeners when a state that is polled has changed. It polls only while there are listeners. */
export class FeedPoll {
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  /** The last state; `undefined`: not known, so there may be more. */
  private seen: string | undefined;
  private waitMs = POLL_MS;
  private polling = false;

  /** @param state another text after each change */
  constructor(private readonly state: () => Promise<string>) {}

  /** Returns the function that removes the listener. */
  add(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    if (this.listeners.size === 1) this.seen = undefined;
    this.schedule();
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.stop();
    };
  }

  close(): void {
    this.listeners.clear();
    this.stop();
  }

  private schedule(): void {
    if (this.timer || this.polling || this.listeners.size === 0) return;
    this.timer = setTimeout(() => void this.poll(), this.waitMs).unref();
  }

  private async poll(): Promise<void> {
    this.timer = undefined;
    this.polling = true;
    try {
      const state = await this.state();
      this.waitMs = POLL_MS;
      if (state !== this.seen) {
        this.seen = state;
        notifyAll(this.listeners);
      }
    } catch {
      // The database is out of reach. Reading fails with the reason, and listeners are called when it is back.
      this.seen = undefined;
      this.waitMs = Math.min(2 * this.waitMs, MAX_POLL_MS);
    } finally {
      this.polling = false;
    }
    this.schedule();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
