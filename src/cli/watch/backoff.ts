/** Exponential back-off between attempts: from 100 ms, because a restart takes a second, to 2 s. */
export class Backoff {
  private attempt = 0;

  constructor(
    private readonly firstMs = 100,
    private readonly maxMs = 2000,
  ) {}

  reset(): void {
    this.attempt = 0;
  }

  /** Resolves early when the signal fires. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = Math.min(this.maxMs, this.firstMs * 2 ** Math.min(this.attempt, 16));
    this.attempt += 1;
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
