import { TraceCollectorError } from '../../model/errors.js';
import { MOMENT_HELP, parseMoment } from '../../model/time.js';
import type { MomentContext, RangeEnd } from '../../model/time.js';
import type { Micros } from '../../model/record.js';
import type { Moment, TimeRange } from '../../contract/trace-queries.js';

/** A range whose ends are instants. */
export interface MicrosRange {
  since?: Micros;
  until?: Micros;
}

/** Reads both ends of a range. Throws `BAD_QUERY` for text that is no time, and for an end before its beginning. */
export function resolveRange({ since, until }: TimeRange, context: MomentContext): MicrosRange {
  const from = resolveMoment(since, 'since', context);
  const to = resolveMoment(until, 'until', context);
  checkOrder(from, to);
  return { since: from, until: to };
}

/** Throws `BAD_QUERY` for an end before its beginning. Text is in no order yet. */
export function checkOrder(since: Moment | undefined, until: Moment | undefined): void {
  if (typeof since !== 'number' || typeof until !== 'number' || until >= since) return;
  throw new TraceCollectorError('BAD_QUERY', 'Query parameter "until" is before "since"; give a later time.');
}

function resolveMoment(value: Moment | undefined, end: RangeEnd, context: MomentContext): Micros | undefined {
  if (typeof value !== 'string') return value;
  const micros = parseMoment(value, end, context);
  if (micros !== undefined) return micros;
  throw new TraceCollectorError(
    'BAD_QUERY',
    `Query parameter "${end}" is ${JSON.stringify(value)}; give ${MOMENT_HELP}.`,
  );
}
