import type { InterruptedTrace } from './interrupted.js';
import { listSegments } from '../journal/read/segments.js';
import type { JournalWriter } from '../journal/write/writer.js';
import { setImmediate } from '../model/timers.js';

/** Appends in one turn of the event loop; a process can die with thousands of traces open. */
const BATCH = 100;

/**
 * Gives traces whose process died the end that it could not write, so that the stream and every later reading of the
 * journal have it. Such an end names the process that wrote it, and counts only as long as nothing contradicts it:
 * writing it twice, or for a process that was merely out of sight, harms nothing.
 */
export class InterruptedTraceCloser {
  constructor(
    private readonly dir: string,
    private readonly writer: JournalWriter,
  ) {}

  tell(traces: readonly InterruptedTrace[]): void {
    this.goBehindAll();
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

  /** Segments are read in the order of their numbers: the end must not come before the trace. */
  private goBehindAll(): void {
    try {
      const own = this.writer.position()?.segment;
      if (own !== undefined && listSegments(this.dir).some(({ number }) => number > own)) this.writer.rotate();
    } catch {
      // Then an index that is built anew finds the death once more.
    }
  }
}
