import type { SpanId, TraceKey } from '../../model/record.js';
import type { ActiveTrace } from './active-trace.js';
import { Ring } from './ring.js';
import { W3cIndex } from './w3c-index.js';

/** Ended traces kept in memory: their late events still count against their limit, and their ids can be read. */
const REMEMBERED = 1_000;

/** The traces this process is running, and the last ones that ended. */
export class TraceRegistry {
  private readonly active = new Map<TraceKey, ActiveTrace>();
  private readonly ended = new Map<TraceKey, ActiveTrace>();
  private readonly lastEnded = new Ring<TraceKey>(REMEMBERED);
  private readonly keysById = new Map<string, TraceKey>();
  /** Built at the first look-up: 10,000 entries take 0.5 MB, and most applications never look one up. */
  private byW3c: W3cIndex | undefined;

  get size(): number {
    return this.active.size;
  }

  add(trace: ActiveTrace): void {
    this.active.set(trace.key, trace);
    this.keysById.set(trace.traceId, trace.key);
    this.byW3c?.add(trace);
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
    return (this.byW3c ??= this.index()).get(w3cTraceId, parent);
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
    if (trace !== undefined) this.byW3c?.delete(trace);
  }

  private index(): W3cIndex {
    const index = new W3cIndex();
    for (const trace of this.ended.values()) index.add(trace);
    for (const trace of this.active.values()) index.add(trace);
    return index;
  }
}
