/** Spans that are remembered. A sender that got no answer sends a batch again within minutes. */
const REMEMBERED = 50_000;

/** Which spans were recorded: a sender repeats a batch when it did not see the answer. */
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
