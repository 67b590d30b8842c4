import type { Micros, RecordFields } from '../../model/record.js';
import type { OtelSpan } from '../otel-span.js';

/** Key of a trace that is in no journal. */
export const IMPORTED_KEY = 'otlp';

/** A record before it has its number. */
export type Draft = RecordFields<unknown> & { ts: Micros };

/** When a span ended, or began where it did not end. */
export function endOf({ startedAt, endedAt }: OtelSpan): Micros {
  return Math.max(startedAt, endedAt ?? startedAt);
}
