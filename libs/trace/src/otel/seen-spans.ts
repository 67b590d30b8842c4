import { processShared } from '../model/process-shared.js';

/** Spans that are remembered. A sender that got no answer sends a batch again within minutes. */
const REMEMBERED = 50_000;

/**
 * Which spans of OpenTelemetry were recorded, or are known to be recorded by capture: a sender repeats a batch when it did not see the
 * answer, and an application may have the processor and send to its own receiver.
 */
export class SeenSpans {
  private newer = new Set<string>();
  private older = new Set<string>();

  /** Remembers a span. `false`: it was there. */
  add(traceId: string, spanId: string): boolean {
    const id = traceId + spanId;
    if (this.newer.has(id) || this.older.has(id)) return false;
    this.newer.add(id);
    if (this.newer.size >= REMEMBERED / 2) {
      this.older = this.newer;
      this.newer = new Set();
    }
    return true;
  }
}

/** Those of this process: the processor may be of another build than the receiver. */
export function seenSpans(): Pick<SeenSpans, 'add'> {
  return processShared('otel-seen.v1', () => new SeenSpans());
}
