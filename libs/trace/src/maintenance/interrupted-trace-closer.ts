import type { InterruptedTrace } from './interrupted.js';
import { listSegments } from '../journal/read/segments.js';
import type { JournalWriter } from '../journal/write/writer.js';
import { setImmediate } from '../model/timers.js';

/** Ends appended in one turn of the event loop: a process can die with thousands of open traces. */
const BATCH = 100;

/**
 * Writes the end of traces whose process died, so that the stream and every later index have it. The record names the
 * process that wrote it, and the trace's own later records take precedence: a second one, or one for a process that is
 * alive but not visible here, does no harm.
 */
export class InterruptedTraceCloser {
  constructor(
    private readonly dir: string,
    private readonly writer: JournalWriter,
  ) {}

  close(traces: readonly InterruptedTrace[]): void {
    this.moveBehindAll();
    this.append(traces);
  }

  private append(traces: readonly InterruptedTrace[]): void {
    for (const { key, lastAt } of traces.slice(0, BATCH)) {
      this.writer.append({
        kind: 'end',
        trace: key,
        status: 'interrupted',
        by: this.writer.writer.number,
        ts: lastAt + 1,
      });
    }
    const rest = traces.slice(BATCH);
    if (rest.length > 0) setImmediate(() => this.append(rest));
  }

  /** Begins a new segment if others are newer: segments are read in the order of their numbers, and the end belongs last. */
  private moveBehindAll(): void {
    try {
      const own = this.writer.position()?.segment;
      if (own !== undefined && listSegments(this.dir).some(({ number }) => number > own)) this.writer.rotate();
    } catch {
      // A rebuilt index finds the interruption again.
    }
  }
}
