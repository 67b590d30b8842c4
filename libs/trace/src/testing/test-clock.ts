import type { Clock } from '../model/clock.js';
import type { Micros } from '../model/record.js';

/** Where the time of a test begins unless it says otherwise. */
export const TEST_TIME = '2024-01-20T14:30:22.123Z';

/**
 * Time that stops until something is recorded: each record is one millisecond later than the one before. The same
 * work gives the same stamps and the same trace ids, on any machine.
 */
export class TestClock implements Clock {
  private micros: Micros;

  constructor(startAt: string | number | Date = TEST_TIME) {
    const ms = new Date(startAt).getTime();
    if (Number.isNaN(ms)) throw new TypeError(`startAt is ${JSON.stringify(startAt)}, which is no date`);
    // Trace ids are stamped in steps of 64 µs: from here, the first one is not earlier than the time given.
    this.micros = Math.ceil((ms * 1000) / 64) * 64;
  }

  now(): Micros {
    return this.micros;
  }

  /** Advances the time by this many milliseconds. */
  advance(ms: number): void {
    this.micros += Math.round(ms * 1000);
  }
}
