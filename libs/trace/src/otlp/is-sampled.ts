import { isFailing } from '../model/status.js';
import type { TraceHead } from '../model/trace.js';
import { traceIdsOf } from '../otel/export/span-ids.js';

/** Hex digits of the W3C trace id that are random by its second version. */
const RANDOM_DIGITS = 14;
/** Digits of them that are compared: 52 bits are exact in a double. */
const COMPARED = 13;

/**
 * Whether a trace is sent: all that have an error or failed, of the others the share `sample`. The W3C trace id decides, as
 * OpenTelemetry's samplers have it, so all services with the same share choose the same traces.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export function isSampled(head: TraceHead, sample: number): boolean {
  if (sample >= 1 || isFailing(head)) return true;
  const random = traceIdsOf(head).trace.slice(-RANDOM_DIGITS).slice(0, COMPARED);
  return Number.parseInt(random, 16) / 16 ** COMPARED >= 1 - sample;
}
