import type { SpanId } from '../../model/record.js';
import type { ActiveTrace } from './active-trace.js';

/** Traces of one W3C trace id that are found by it. */
const SAME_ID = 50;

/**
 * Traces by W3C trace id. One caller may send several requests in one trace of its own; only then an id has a list, oldest
 * first.
 */
export class W3cIndex {
  private readonly traces = new Map<string, ActiveTrace | ActiveTrace[]>();

  add(trace: ActiveTrace): void {
    const same = this.traces.get(trace.w3cTraceId);
    if (same === undefined) this.traces.set(trace.w3cTraceId, trace);
    else this.traces.set(trace.w3cTraceId, [...(Array.isArray(same) ? same : [same]), trace].slice(-SAME_ID));
  }

  /** Of several traces that of the span `parent`, where it is the root or open; else the newest. */
  get(w3cTraceId: string, parent: SpanId | undefined): ActiveTrace | undefined {
    const same = this.traces.get(w3cTraceId);
    if (!Array.isArray(same)) return same;
    return same.find(({ rootSpan, spans }) => rootSpan === parent || spans.get(parent) !== undefined) ?? same.at(-1);
  }

  delete(trace: ActiveTrace): void {
    const same = this.traces.get(trace.w3cTraceId);
    if (same === trace) this.traces.delete(trace.w3cTraceId);
    if (!Array.isArray(same)) return;
    const left = same.filter((each) => each !== trace);
    if (left.length === 0) this.traces.delete(trace.w3cTraceId);
    else this.traces.set(trace.w3cTraceId, left.length === 1 ? left[0]! : left);
  }
}
