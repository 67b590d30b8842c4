import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorAbout, TraceRef } from '../../context/recorder.js';
import type { CapturedRequest } from '../capture.options.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import { type RequestTarget, targetOf } from './request-target.js';

/** A request and its response. */
export interface Exchange {
  /** The framework's own request; what `capture.contactId` and predicates are given. */
  readonly request: CapturedRequest;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** A request that has a trace, kept or not. */
export interface Visit {
  readonly trace: ActiveTrace;
  readonly ref: TraceRef;
  readonly target: RequestTarget;
  readonly method: string;
  readonly request: CapturedRequest;
  readonly response: ServerResponse;
  /** Errors that were thrown before the decision whether the trace is recorded. */
  failure?: Failure;
  /** An exception came before any handler: what a filter then answers may be a 200. */
  refused?: boolean;
}

/** An exception of a request. */
export interface Failure {
  readonly exception: unknown;
  readonly about: ErrorAbout;
}

/**
 * When a request without a trace arrived, by `performance.now()`: the router's choice may open one. Negative where the
 * route was expected to be a `@NoTrace()` one, so that the rules were not asked.
 */
export type Arrival = number;

/** Arrival of a request that a handler took and that is not traced: the predicates are not asked again. */
export const ROUTED: Arrival = -Infinity;

type Noted = IncomingMessage & { [arrival: symbol]: Arrival | undefined };

/** The requests of one application: the visit of each, or the arrival of one without a trace. */
export class Visits {
  private readonly visits = new WeakMap<IncomingMessage, Visit>();
  /**
   * Key of the arrival on a request without a trace. A property of the request costs 0.7 µs, an entry of a WeakMap 2.7.
   * One key for each application: the same request may go through two.
   */
  private readonly key = Symbol('nestjs-trace-collector.arrival');

  /** The visit of a request; `undefined` for a request without a trace. */
  of(raw: IncomingMessage): Visit | undefined {
    return this.arrivalOf(raw) === undefined ? this.visits.get(raw) : undefined;
  }

  arrivalOf(raw: IncomingMessage): Arrival | undefined {
    return (raw as Noted)[this.key];
  }

  /** Remembers that a request has no trace. */
  noteArrival(raw: IncomingMessage, arrival: Arrival | undefined): void {
    (raw as Noted)[this.key] = arrival;
  }

  add(raw: IncomingMessage, visit: Visit): void {
    this.visits.set(raw, visit);
    if (this.arrivalOf(raw) !== undefined) this.noteArrival(raw, undefined);
  }
}

/** Fastify wraps Node's request, and its router compares decoded paths; Express extends the request. */
export function isWrapped(request: CapturedRequest, raw: IncomingMessage): boolean {
  return (request as unknown) !== raw;
}

export function targetIn({ request, raw }: Omit<Exchange, 'response'>): RequestTarget {
  return targetOf(raw, isWrapped(request, raw));
}
