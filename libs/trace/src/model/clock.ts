import type { Micros } from './record.js';
import { performance, wallNow } from './timers.js';

/** Wall time in microseconds. Passed to all code that needs the time, so that tests can stop it. */
export interface Clock {
  /** @param mono what `performance.now()` returned a moment ago, for a caller that has read it; left out: it is read */
  now(mono?: number): Micros;
}

/**
 * `performance.now()` has the microseconds that `Date.now()` lacks, but drifts from it when the machine's time is set
 * or the machine sleeps. When the two differ by more than 50 ms, it is anchored again.
 */
export class SystemClock implements Clock {
  private anchor = performance.timeOrigin;

  now(mono = performance.now()): Micros {
    const wall = wallNow();
    let ms = this.anchor + mono;
    if (ms - wall > 50 || wall - ms > 50) {
      this.anchor += wall - ms;
      ms = wall;
    }
    return Math.round(ms * 1000);
  }
}
