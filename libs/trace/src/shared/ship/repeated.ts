import { clearTimeout, setTimeout } from '../../model/timers.js';

/**
 * Does work again and again, with a pause between the end of one and the begin of the next. It never keeps the process
 * alive. With jitter, so that many instances do not call at the same moments.
 */
export class Repeated {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  /** @param work may reject: the next time is after the same pause */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    firstMs = everyMs,
  ) {
    this.wait(firstMs);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private wait(ms: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.run(), ms * (0.9 + Math.random() / 10)).unref();
  }

  private async run(): Promise<void> {
    try {
      await this.work();
    } catch {
      // `Reach` has noted it.
    }
    this.wait(this.everyMs);
  }
}
