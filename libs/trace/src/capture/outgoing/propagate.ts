import type { CallTarget } from '../../context/recorder.js';
import type { SpanId } from '../../model/record.js';
import type { ActiveTrace } from '../trace/active-trace.js';

/**
 * Adds the headers of W3C to an outgoing call: `traceparent` with the call's own span, and the caller's `tracestate` and
 * `baggage`. A call that has a `traceparent` belongs to another tracer, or to an application that passes headers on: it
 * takes none of them.
 *
 * @returns whether the call has them
 */
export function propagate(trace: ActiveTrace, span: SpanId, target: CallTarget): boolean {
  if (target.setHeader?.('traceparent', trace.traceparent(span)) !== true) return false;
  const { tracestate, baggage } = trace.continued ?? {};
  if (tracestate !== undefined) target.setHeader('tracestate', tracestate);
  if (baggage !== undefined) target.setHeader('baggage', baggage);
  return true;
}
