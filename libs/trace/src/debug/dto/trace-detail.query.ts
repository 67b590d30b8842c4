import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/http-types.js';
import { asInteger, quote } from './query-reader.js';
import type { Convert } from './query-reader.js';

/** A stub is about this large itself. */
const LEAST_BYTES = 1_000;
const MOST_BYTES = 1_000_000_000;
const BYTES_HELP = `a whole number of bytes from ${LEAST_BYTES} to ${MOST_BYTES}`;

const LEAST_EVENTS = 3;
const MOST_EVENTS = 1_000_000;
const EVENTS_HELP = `a whole number of events from ${LEAST_EVENTS} to ${MOST_EVENTS}`;

/** The query of `GET /debug/trace/:id`. */
export class TraceDetailQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = {
    max_value_bytes: asInteger,
    max_events: asInteger,
  };

  /** Larger values are left out and told in `omitted`. Left out: the trace comes whole. */
  @IsOptional()
  @IsInt({ message: BYTES_HELP })
  @Min(LEAST_BYTES, { message: BYTES_HELP })
  @Max(MOST_BYTES, { message: BYTES_HELP })
  max_value_bytes?: number;

  /** Of a trace with more, the first, the last and the first errors. Left out: all. */
  @IsOptional()
  @IsInt({ message: EVENTS_HELP })
  @Min(LEAST_EVENTS, { message: EVENTS_HELP })
  @Max(MOST_EVENTS, { message: EVENTS_HELP })
  max_events?: number;
}

/** The `:seq` of a route. Throws `BAD_QUERY`. */
export function seqOf(request: DebugRequest): number {
  const { seq } = request.params as { seq?: unknown };
  if (typeof seq === 'string' && /^\d{1,15}$/.test(seq)) return Number(seq);
  throw new TraceCollectorError('BAD_QUERY', `The event ${quote(String(seq))} cannot be; give the seq of an event.`);
}
