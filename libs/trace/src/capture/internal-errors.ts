import { Logger } from '@nestjs/common';

/** Our own faults, swallowed so that they never reach the application. Counted for health, logged once per place. */
export class InternalErrors {
  private readonly logger = new Logger('TraceModule');
  private readonly logged = new Set<string>();
  private counted = 0;

  get count(): number {
    return this.counted;
  }

  add(where: string, error: unknown): void {
    try {
      this.counted += 1;
      if (this.logged.has(where) || this.logged.size >= 100) return;
      this.logged.add(where);
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.logger.warn(`trace capture failed in ${where} (counted in /debug/health, logged once): ${reason}`);
    } catch {
      // The error itself was hostile, or the application's logger threw. It is counted.
    }
  }

  /** Runs one of our hooks. An error it throws is counted; the result is then `undefined`. */
  guard<T>(where: string, hook: () => T): T | undefined {
    try {
      return hook();
    } catch (error) {
      this.add(where, error);
      return undefined;
    }
  }
}
