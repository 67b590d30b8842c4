import type { TraceRef } from '../../context/recorder.js';
import { performance } from '../../model/timers.js';
import type { ActiveTrace } from './active-trace.js';
import type { ContactResolver } from './contact/contact-resolver.js';
import type { TraceRegistry } from './trace-registry.js';

/** Errors and replies kept beyond the event limit: they are what people look for. */
const RESERVE = 200;

/**
 * Log lines alone keep a trace open for this many times its quiet time. A client that the first webhook made logs in that
 * webhook's context for as long as the process lives.
 */
const QUIET_TIMES = 10;
/** Log lines kept of a trace that has ended. */
const LATE_LINES = 20;

/** Decides which records of user code a trace still takes, and counts them against `limits.maxEventsPerTrace`. */
export class Admission {
  constructor(
    private readonly registry: TraceRegistry,
    private readonly contacts: ContactResolver,
    private readonly maxEventsPerTrace: number,
    private readonly quietMs: number,
  ) {}

  /** The trace of a ref. Confirms the decision about it, because user code is running in it. */
  traceOf(ref: TraceRef): ActiveTrace | undefined {
    const trace = this.registry.get(ref.key);
    trace?.confirm?.();
    return trace;
  }

  /** The trace that an event is written to; `undefined`: it ended long ago, is not recorded, or is full. */
  admit(ref: TraceRef, isImportant: boolean): ActiveTrace | undefined {
    const trace = this.traceOf(ref);
    if (!trace?.recording) return undefined;
    this.contacts.resolveIfReady(trace);
    trace.lastActivity = performance.now();
    if (trace.events >= this.maxEventsPerTrace + (isImportant ? RESERVE : 0)) {
      trace.dropped += 1;
      return undefined;
    }
    trace.events += 1;
    return trace;
  }

  /**
   * The trace that a log line is written to; `undefined`: as for an event. Lines below `error` get half of the event limit,
   * so that a loop that logs leaves room for the steps and the errors. The framework logs too: no decision is confirmed.
   */
  admitLog(ref: TraceRef, isError: boolean): ActiveTrace | undefined {
    const trace = this.registry.get(ref.key);
    if (!trace?.recording) return undefined;
    this.contacts.resolveIfReady(trace);
    this.noteLine(trace);
    const isFull = !isError && trace.lines * 2 >= this.maxEventsPerTrace;
    if (isFull || trace.events >= this.maxEventsPerTrace + (isError ? RESERVE : 0)) {
      trace.dropped += 1;
      return undefined;
    }
    if (trace.ended && (trace.lateLines += 1) > LATE_LINES) return undefined;
    trace.events += 1;
    if (!isError) trace.lines += 1;
    return trace;
  }

  private noteLine(trace: ActiveTrace): void {
    const now = performance.now();
    // Something else happened since the last line.
    if (trace.lastActivity !== trace.lastLine) trace.linesSince = trace.lastActivity;
    if (now - trace.linesSince < this.quietMs * QUIET_TIMES) trace.lastActivity = trace.lastLine = now;
  }
}
