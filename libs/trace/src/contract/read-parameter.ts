import { contactIdOf } from '../model/contact-id.js';
import { fixedMoment, isMoment } from '../model/time.js';
import { parseStatuses } from '../model/status.js';
import { wallNow } from '../model/timers.js';
import type { Parameter, ValueOf } from './parameters.js';

/** Characters of a trace id, or of the beginning of one. */
export const TRACE_ID = /^[A-Za-z0-9._-]{1,128}$/;

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/**
 * The value of a parameter's text; `undefined` where the text is not allowed. REST, the command line and MCP read their
 * arguments with it.
 *
 * A moment becomes microseconds where the text contains a zone or needs none. A date or a time without an offset stays
 * text: the query resolves it in the zone of the application.
 *
 * @param nowMs milliseconds since 1970, which a moment such as `2h` is relative to
 * @example
 * readParameter(PARAMETERS.limit, '20');  // 20
 * readParameter(PARAMETERS.limit, '501'); // undefined
 */
export function readParameter<P extends Parameter>(
  parameter: P,
  text: string,
  nowMs = wallNow(),
): ValueOf<P> | undefined {
  return read(parameter, text, nowMs * 1_000) as ValueOf<P> | undefined;
}

function read(parameter: Parameter, text: string, now: number): unknown {
  switch (parameter.type) {
    case 'text':
      return text.length <= parameter.maxLength ? text : undefined;
    case 'integer':
      return atLeast(parameter.min, wholeNumber(text), parameter.max);
    case 'integers': {
      const numbers = text.split(',').map((part) => atLeast(parameter.min, wholeNumber(part)));
      return numbers.length <= parameter.maxItems && !numbers.includes(undefined) ? numbers : undefined;
    }
    case 'number':
      return atLeast(parameter.min, /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined);
    case 'choice':
      return parameter.choices.includes(text) ? text : undefined;
    case 'boolean':
      return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
    case 'contact':
      return contactIdOf(text);
    case 'statuses':
      return parseStatuses(text);
    case 'trace_id':
      return TRACE_ID.test(text) ? text : undefined;
    case 'moment':
      return isMoment(text, now) ? (fixedMoment(text, now) ?? text.trim()) : undefined;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function atLeast(min: number, value: number | undefined, max = Number.POSITIVE_INFINITY): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

/** The help of a parameter with its default and its maximum: `Number of traces (default 20, max 500)`. */
export function helpOf(parameter: Parameter): string {
  const notes = [
    ...(parameter.default === undefined ? [] : [`default ${String(parameter.default)}`]),
    ...(parameter.type === 'integer' ? [`max ${parameter.max}`] : []),
  ];
  return notes.length === 0 ? parameter.help : `${parameter.help} (${notes.join(', ')})`;
}
