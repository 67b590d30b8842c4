import { clearTimeout, setTimeout } from '../../model/timers.js';

/** A statement that runs for longer is followed by a question whether the server still answers. */
const FIRST_MS = 1_000;
/** Each further question comes after twice the time, up to this. */
const LAST_MS = 16_000;

/**
 * Ends the wait for a server that is gone without a word: a frozen host, a cut network, or pgbouncer, which keeps statements
 * waiting while its server is down. A statement that is only slow goes on, because the server answers others meanwhile.
 */
export class Watchdog {
  private asking: Promise<void> | undefined;

  /** @param ask rejects where the server does not answer; it has a time limit of its own */
  constructor(private readonly ask: () => Promise<void>) {}

  /** The result of a statement. Rejects when `ask` rejects before it comes. */
  async guard<T>(statement: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const gone = new Promise<never>((_resolve, reject) => {
      const askAfter = (ms: number): void => {
        timer = setTimeout(() => {
          this.once().catch((cause: unknown) => reject(new NoAnswer(cause)));
          askAfter(Math.min(2 * ms, LAST_MS));
        }, ms).unref();
      };
      askAfter(FIRST_MS);
    });
    try {
      return await Promise.race([statement, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One question for all statements that wait. */
  private once(): Promise<void> {
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }
}

/** `pg` has the same words for a statement that exceeds its time. */
class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('Query read timeout', { cause });
  }
}
