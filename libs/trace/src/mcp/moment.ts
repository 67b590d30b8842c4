import { TraceCollectorError } from '../model/errors.js';
import { fixedMoment, isMoment, MOMENT_HELP } from '../model/time.js';
import { wallNow } from '../model/timers.js';
import type { Moment } from '../contract/trace-queries.js';
import type { ArgumentSchema } from './mcp-tool.js';

export function momentArgument(which: string): ArgumentSchema {
  return {
    type: 'string',
    description: `${which}: how long ago (30m, 2h, 7d), a date (2026-01-31), a time of day (14:30) or ISO 8601.`,
    minLength: 1,
    maxLength: 40,
  };
}

/**
 * Microseconds where the text says so; a date or a time without an offset stays text, as the query has the zone. Throws
 * `BAD_QUERY`.
 */
export function moment(text: string | undefined, nowMs = wallNow()): Moment | undefined {
  if (text === undefined) return undefined;
  if (!isMoment(text, nowMs * 1_000)) {
    throw new TraceCollectorError('BAD_QUERY', `${JSON.stringify(text)} is no time; give ${MOMENT_HELP}.`);
  }
  return fixedMoment(text, nowMs * 1_000) ?? text;
}
