import { performance } from '../model/timers.js';
import type { IndexProgress } from '../catalog/catalog.api.js';

/** Tells how far the index is, for as long as it takes long: of a short delay nobody needs to read. */
export class ProgressReporter {
  /** Since when it is behind, or when that was told last. */
  private since: number | undefined;
  private told = false;

  constructor(
    private readonly everyMs: number,
    private readonly progress: () => IndexProgress,
    private readonly tell: (progress: IndexProgress) => void,
  ) {}

  /** @param done everything is in, and retention has nothing left to do */
  look(done: boolean, now = performance.now()): void {
    this.since ??= now;
    if (done ? this.told : now - this.since >= this.everyMs) this.report(now);
    if (done) this.since = undefined;
  }

  private report(now: number): void {
    const progress = this.progress();
    // Dropping old traces takes its time too, and is no building: that one has ended is told all the same.
    if (progress.lag > 0 || this.told) this.tell(progress);
    this.told = progress.lag > 0;
    this.since = now;
  }
}
