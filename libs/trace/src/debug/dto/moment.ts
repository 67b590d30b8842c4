import { fixedMoment, isMoment, MOMENT_HELP } from '../../model/time.js';
import type { Micros } from '../../model/record.js';
import { wallNow } from '../../model/timers.js';
import { ValidateBy } from 'class-validator';
import type { Convert } from './query-reader.js';

/** Microseconds where the text says so; a date or a time without an offset stays text, as the query has the zone. */
export function asMoment(nowMs: () => number = wallNow): Convert {
  return (text) => fixedMoment(text, nowMs() * 1_000) ?? text;
}

/** A query parameter that `asMoment` converted. */
export function IsMoment(): PropertyDecorator {
  return ValidateBy({ name: 'isMoment', validator: { validate: isRead, defaultMessage: () => MOMENT_HELP } });
}

function isRead(value: unknown): value is Micros | string {
  return typeof value === 'number' || (typeof value === 'string' && isMoment(value, wallNow() * 1_000));
}
