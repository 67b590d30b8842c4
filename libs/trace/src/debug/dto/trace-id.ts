import { Matches } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/http-types.js';
import { quote } from './query-reader.js';

const TRACE_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACE_ID_HELP = 'a trace id or the beginning of one: 1 to 128 of letters, digits, ".", "_" and "-"';

/** A query parameter that holds a trace id. */
export function IsTraceId(): PropertyDecorator {
  return Matches(TRACE_ID, { message: TRACE_ID_HELP });
}

/** The `:id` of a route, decoded. Throws `BAD_QUERY`. */
export function traceIdOf(request: DebugRequest): string {
  const { id } = request.params as { id?: unknown };
  if (typeof id === 'string' && TRACE_ID.test(id)) return id;
  throw new TraceCollectorError('BAD_QUERY', `The trace id ${quote(String(id))} cannot be; give ${TRACE_ID_HELP}.`);
}
