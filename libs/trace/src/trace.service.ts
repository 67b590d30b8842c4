import { from, Observable } from 'rxjs';
import type { TraceApplication } from './context/applications.js';
import type { TraceCarrier, TraceStart } from './context/recorder.js';
import { bindTrace, runInTraceOf, waitUntil } from './context/functions/run-in-trace.js';
import { startSpan } from './context/functions/start-span.js';
import { traceLogFields, traceTag, traceUsage } from './context/functions/trace-details.js';
import {
  currentTrace,
  traceCarrier,
  traceContact,
  traceError,
  traceEvent,
  traceReply,
  traceRoute,
} from './context/functions/trace-functions.js';
import type { CompareQueries, StreamParams, TimeRange, TraceQueries, TracesParams } from './contract/trace-queries.js';
import type { StreamMessage } from './contract/responses.js';

/**
 * The free functions and the questions of `/debug`, as one injectable. The functions that record in the current trace are
 * the same ones. `runInTrace` opens its trace in the application that has injected this service, if several applications
 * run in the process.
 *
 * @example
 * class Report {
 *   constructor(private readonly trace: TraceService) {}
 *   failedToday = () => this.trace.traces({ status: ['error', 'timeout'], since: '24h' });
 * }
 */
export class TraceService {
  readonly traceEvent = traceEvent;
  readonly traceError = traceError;
  readonly traceRoute = traceRoute;
  readonly traceReply = traceReply;
  readonly traceContact = traceContact;
  readonly traceUsage = traceUsage;
  readonly traceTag = traceTag;
  readonly traceLogFields = traceLogFields;
  readonly startSpan = startSpan;
  readonly currentTrace = currentTrace;
  readonly traceCarrier = traceCarrier;
  readonly bindTrace = bindTrace;
  readonly waitUntil = waitUntil;

  /** @param application called by each function; `undefined`: nothing is recorded */
  constructor(
    private readonly queries: TraceQueries & CompareQueries,
    private readonly application: () => TraceApplication | undefined,
  ) {}

  /** Like the function `runInTrace`, in this application. */
  readonly runInTrace = <R>(startOrCarrier: TraceStart | TraceCarrier, fn: () => R): R =>
    runInTraceOf(this.application()?.recorder(), startOrCarrier, fn);

  /** `GET /debug/health`. */
  health() {
    return this.queries.health();
  }

  /** `GET /debug/traces`: newest first, filters before the limit (1 to 500, default 20). */
  traces(params: TracesParams = {}) {
    return this.queries.traces(params);
  }

  /** `GET /debug/trace/:id`. Rejects with `TRACE_NOT_FOUND`. */
  trace(id: string) {
    return this.queries.trace(id);
  }

  /** `GET /debug/trace/:id/export`. Rejects with `TRACE_NOT_FOUND`. */
  export(id: string) {
    return this.queries.export(id);
  }

  /** `GET /debug/last-trace`. Rejects with `NO_TRACES`. */
  lastTrace() {
    return this.queries.lastTrace();
  }

  /** `GET /debug/last-error`. Rejects with `NO_ERRORS`. */
  lastError() {
    return this.queries.lastError();
  }

  /** `GET /debug/active`. */
  active() {
    return this.queries.active();
  }

  /** `GET /debug/stats`; bounds in microseconds since the epoch, or text such as `2h` and `2026-01-31`. */
  stats(range: TimeRange = {}) {
    return this.queries.stats(range);
  }

  /** `GET /debug/quick-debug/:contact`. Rejects with `CONTACT_NOT_FOUND`. */
  quickDebug(contactId: string) {
    return this.queries.quickDebug(contactId);
  }

  /** `GET /debug/contacts/:contact`. Rejects with `CONTACT_NOT_FOUND`. */
  contact(contactId: string, limit?: number) {
    return this.queries.contact(contactId, limit);
  }

  /** `GET /debug/compare`; `b` may be `last-ok`. Rejects with `TRACE_NOT_FOUND`. */
  compare(a: string, b: string) {
    return this.queries.compare(a, b);
  }

  /** `PUT` and `DELETE /debug/trace/:id/pin`. Rejects with `TRACE_NOT_FOUND`. */
  pin(id: string, pinned = true) {
    return this.queries.pin(id, pinned);
  }

  /** `DELETE /debug/contacts/:contact`. */
  eraseContact(contactId: string, options?: { scrub?: boolean }) {
    return this.queries.eraseContact(contactId, options);
  }

  /** `POST /debug/clear`. */
  clear(options: { keepErrors?: boolean } = {}) {
    return this.queries.clear({ keepErrors: options.keepErrors ?? false });
  }

  /** `GET /debug/stream`. Unsubscribing ends it. */
  stream(params: Omit<StreamParams, 'signal' | 'onReady'> = {}): Observable<StreamMessage> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const messages = from(this.queries.stream({ ...params, signal: abort.signal })).subscribe(subscriber);
      return () => {
        abort.abort();
        messages.unsubscribe();
      };
    });
  }
}
