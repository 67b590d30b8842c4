import { processShared } from '../model/process-shared.js';

/** Spans that are remembered. A sender that got no answer sends a batch again within minutes. */
const REMEMBERED = 50_000;

/**
 * Which spans of OpenTelemetry were recorded, or are known to be recorded by capture: a sender repeats a batch when it did not see the
 * answer, and an application may have the processor and send to its own receiver.
 */
export class SeenSpans {
  /** The trace of each span id. An id made of both would be a new text to hash for each span. */
  private newer = new Map<string, string>();
  private older = new Map<string, string>();
  /** Spans of other traces that have the same id. */
  private readonly doubles = new Set<string>();

  /** Remembers a span. `false`: it was there. */
  add(traceId: string, spanId: string): boolean {
    const known = this.newer.get(spanId) ?? this.older.get(spanId);
    if (known === traceId) return false;
    if (known !== undefined) return this.addDouble(traceId + spanId);
    this.newer.set(spanId, traceId);
    if (this.newer.size >= REMEMBERED / 2) {
      this.older = this.newer;
      this.newer = new Map();
    }
    return true;
  }

  private addDouble(id: string): boolean {
    if (this.doubles.has(id)) return false;
    if (this.doubles.size >= REMEMBERED) this.doubles.clear();
    this.doubles.add(id);
    return true;
  }
}

/** Those of this process: the processor may be of another build than the receiver. */
export function seenSpans(): Pick<SeenSpans, 'add'> {
  return processShared('otel-seen.v1', () => new SeenSpans());
}
