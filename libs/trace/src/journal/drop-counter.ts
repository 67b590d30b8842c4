const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * Counts what could not be kept, by cause, and says when to try again: a full disk must not cost every event of the
 * application a failing system call.
 */
export class DropCounter {
  /** Since the start. */
  readonly total: Record<string, number> = {};
  private untold: Record<string, number> = {};
  private delay = 0;
  private blockedUntil = 0;
  private cause = '';

  /** The cause to drop for right now without trying, or `undefined`: try. */
  blocked(nowMs: number): string | undefined {
    return this.delay > 0 && nowMs < this.blockedUntil ? this.cause : undefined;
  }

  count(cause: string): void {
    this.total[cause] = (this.total[cause] ?? 0) + 1;
    this.untold[cause] = (this.untold[cause] ?? 0) + 1;
  }

  /** Writing failed: wait, twice as long as the last time. */
  failed(cause: string, nowMs: number): void {
    this.cause = cause;
    this.delay = Math.min(this.delay === 0 ? FIRST_DELAY_MS : this.delay * 2, MAX_DELAY_MS);
    this.blockedUntil = nowMs + this.delay;
  }

  works(): void {
    this.delay = 0;
  }

  /** Whether writing fails at present, and why. */
  get failing(): string | undefined {
    return this.delay > 0 ? this.cause : undefined;
  }

  /** What no `gap` record has told of yet. */
  get pending(): Record<string, number> | undefined {
    return Object.keys(this.untold).length > 0 ? this.untold : undefined;
  }

  told(): void {
    this.untold = {};
  }
}
