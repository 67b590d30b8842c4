import { performance } from '../model/timers.js';
import type { IndexProgress } from '../catalog/catalog.api.js';

/** Reports the progress of an index that takes long to build. Short delays are not reported. */
export class ProgressReporter {
  /** Time since when it is behind, or of the last report. */
  private since: number | undefined;
  private reported = false;

  constructor(
    private readonly everyMs: number,
    private readonly progress: () => IndexProgress,
    private readonly report: (progress: IndexProgress) => void,
  ) {}

  /** @param done everything is indexed, and retention has nothing left to do */
  look(done: boolean, now = performance.now()): void {
    this.since ??= now;
    if (done ? this.reported : now - this.since >= this.everyMs) this.reportAt(now);
    if (done) this.since = undefined;
  }

  private reportAt(now: number): void {
    const progress = this.progress();
    // Retention takes time as well, which is not reported. The end of a build that was reported is.
    if (progress.lag > 0 || this.reported) this.report(progress);
    this.reported = progress.lag > 0;
    this.since = now;
  }
}
