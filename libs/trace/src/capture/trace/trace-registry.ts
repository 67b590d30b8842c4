import type { SpanId, TraceKey } from '../../model/record.js';
import type { ActiveTrace } from './active-trace.js';
import { Ring } from './ring.js';

/** Ended traces kept in memory: their late events still count against their limit, and their ids can be read. */
const REMEMBERED = 1_000;
/** Traces of one W3C trace id that are found by it. */
const SAME_W3C = 50;

/** The traces this process is running, and the last ones that ended. */
export class TraceRegistry {
  private readonly active = new Map<TraceKey, ActiveTrace>();
  private readonly ended = new Map<TraceKey, ActiveTrace>();
  private readonly lastEnded = new Ring<TraceKey>(REMEMBERED);
  private readonly keysById = new Map<string, TraceKey>();
  /** Traces by W3C trace id, oldest first: one caller may send several requests in one trace of its own. */
  private readonly byW3c = new Map<string, ActiveTrace[]>();

  get size(): number {
    return this.active.size;
  }

  add(trace: ActiveTrace): void {
    this.active.set(trace.key, trace);
    this.keysById.set(trace.traceId, trace.key);
    const same = this.byW3c.get(trace.w3cTraceId);
    if (same === undefined) this.byW3c.set(trace.w3cTraceId, [trace]);
    else {
      same.push(trace);
      if (same.length > SAME_W3C) same.shift();
    }
  }

  /** Gives a trace its public id. */
  rename(trace: ActiveTrace, traceId: string): void {
    this.keysById.delete(trace.traceId);
    trace.traceId = traceId;
    if (!trace.ended) this.keysById.set(traceId, trace.key);
  }

  /** A running trace, or one that ended not long ago. */
  get(key: TraceKey): ActiveTrace | undefined {
    return this.active.get(key) ?? this.ended.get(key);
  }

  runningById(traceId: string): ActiveTrace | undefined {
    const key = this.keysById.get(traceId);
    return key === undefined ? undefined : this.active.get(key);
  }

  /** Of several traces that of the span `parent`, where it is the root or open; else the newest. */
  byW3cId(w3cTraceId: string, parent?: SpanId): ActiveTrace | undefined {
    const same = this.byW3c.get(w3cTraceId);
    if (same === undefined || same.length === 1) return same?.[0];
    const around = same.find(({ rootSpan, spans }) => rootSpan === parent || spans.get(parent) !== undefined);
    return around ?? same.at(-1);
  }

  running(): IterableIterator<ActiveTrace> {
    return this.active.values();
  }

  end(trace: ActiveTrace): void {
    trace.ended = true;
    trace.request?.watch?.stop();
    trace.request = undefined;
    this.active.delete(trace.key);
    this.keysById.delete(trace.traceId);
    if (this.ended.has(trace.key)) return;
    this.ended.set(trace.key, trace);
    const oldest = this.lastEnded.add(trace.key);
    if (oldest !== undefined) this.forget(oldest);
  }

  private forget(key: TraceKey): void {
    const trace = this.ended.get(key);
    this.ended.delete(key);
    const same = trace && this.byW3c.get(trace.w3cTraceId);
    if (same === undefined) return;
    const left = same.filter((each) => each !== trace);
    if (left.length === 0) this.byW3c.delete(trace!.w3cTraceId);
    else this.byW3c.set(trace!.w3cTraceId, left);
  }
}
