import { types } from 'node:util';
import { isoDate, isoDuration, isoOffset, isoTime } from './iso-text.js';
import { timeOf } from './platform-functions.js';
import { chainData, ownData } from './safe-read.js';
import type { ValueReader } from './value-reader.js';

/** The platform's own: a subclass of Date may have others. */
const zoneOffsetOf = Reflect.get(Date.prototype, 'getTimezoneOffset') as (this: Date) => number;

const MINUTE = 60_000;

/** Dates, durations and intervals of Luxon, Day.js, Moment and js-joda as ISO 8601 text. */
export const DATE_READERS: readonly ValueReader[] = [
  { name: 'DateTime', is: (value) => ownData(value, 'isLuxonDateTime') === true, read: luxonText },
  {
    name: 'Duration',
    is: (value) => ownData(value, 'isLuxonDuration') === true,
    read: (value) => durationText(ownData(value, 'values')),
  },
  { name: 'Interval', is: (value) => ownData(value, 'isLuxonInterval') === true, read: intervalText },
  {
    name: 'Dayjs',
    is: (value) => types.isDate(ownData(value, '$d')) && hasNumbers(value, '$y', '$M'),
    read: dayjsText,
  },
  {
    name: 'Duration',
    is: (value) => hasNumbers(value, '$ms') && isFields(ownData(value, '$d')),
    read: (value) => durationText(ownData(value, '$d')),
  },
  { name: 'Moment', is: (value) => ownData(value, '_isAMomentObject') === true, read: momentText },
  {
    name: 'Duration',
    is: (value) => hasNumbers(value, '_milliseconds', '_days', '_months') && isFields(ownData(value, '_data')),
    read: (value) => durationText(ownData(value, '_data')),
  },
  { name: 'LocalDate', is: (value) => hasNumbers(value, '_year', '_month', '_day'), read: jodaText },
  { name: 'LocalTime', is: (value) => hasNumbers(value, '_hour', '_minute', '_second', '_nano'), read: jodaText },
  {
    name: 'LocalDateTime',
    is: (value) => isFields(ownData(value, '_date')) && isFields(ownData(value, '_time')),
    read: jodaText,
  },
  {
    name: 'ZonedDateTime',
    is: (value) => isFields(ownData(value, '_dateTime')) && isFields(ownData(value, '_offset')),
    read: jodaText,
  },
  {
    name: 'Instant',
    is: (value) => hasNumbers(value, '_seconds', '_nanos') && typeof chainData(value, 'toEpochMilli') === 'function',
    read: instantText,
  },
];

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && !types.isDate(value);
}

function hasNumbers(value: object, ...keys: string[]): boolean {
  return keys.every((key) => typeof ownData(value, key) === 'number');
}

type WithoutDash<K extends string> = K extends `_${infer Name}` ? Name : K;

/** Own numbers of `value` under these keys, without the `_` before their names; not a number where one is missing. */
function numbers<K extends string>(value: unknown, ...keys: K[]): Record<WithoutDash<K>, number> {
  const entries = keys.map((key) => {
    const part = isFields(value) ? ownData(value, key) : undefined;
    return [key.replace(/^_/, ''), typeof part === 'number' ? part : NaN];
  });
  return Object.fromEntries(entries) as Record<WithoutDash<K>, number>;
}

const isWhole = (parts: Record<string, number>): boolean => Object.values(parts).every(Number.isInteger);

function isoOf(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : '[Invalid Date]';
}

/** A DateTime keeps its parts in its own zone, and the offset in minutes. */
function luxonText(value: object): string | undefined {
  if (isFields(ownData(value, 'invalid'))) return '[Invalid Date]';
  const parts = numbers(ownData(value, 'c'), 'year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond');
  const { o } = numbers(value, 'o');
  if (!isWhole(parts) || Number.isNaN(o)) return undefined;
  const fraction = String(parts.millisecond).padStart(3, '0');
  return `${isoDate(parts)}T${isoTime({ ...parts, fraction })}${isoOffset(o)}`;
}

function intervalText(value: object): string | undefined {
  if (isFields(ownData(value, 'invalid'))) return '[Invalid Interval]';
  const [start, end] = [ownData(value, 's'), ownData(value, 'e')];
  if (!isFields(start) || !isFields(end)) return undefined;
  const [from, to] = [luxonText(start), luxonText(end)];
  return from === undefined || to === undefined ? undefined : `${from}/${to}`;
}

const DURATION_PARTS = ['years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];

function durationText(parts: unknown): string | undefined {
  if (!isFields(parts)) return undefined;
  const entries = DURATION_PARTS.map((key) => [key, ownData(parts, key)] as const);
  return isoDuration(
    Object.fromEntries(entries.map(([key, count]) => [key, typeof count === 'number' ? count : undefined])),
  );
}

/** One with an offset of its own keeps a date that is shifted by it, against the offset of this process. */
function dayjsText(value: object): string | undefined {
  const date = ownData(value, '$d');
  if (!types.isDate(date)) return undefined;
  const offset = ownData(value, '$offset');
  if (typeof offset !== 'number') return isoOf(timeOf.call(date));
  const extra = ownData(value, '$x');
  const local = isFields(extra) ? ownData(extra, '$localOffset') : undefined;
  const shift = typeof local === 'number' && local !== 0 ? local : zoneOffsetOf.call(date);
  return isoOf(timeOf.call(date) - (offset + shift) * MINUTE);
}

function momentText(value: object): string | undefined {
  const [date, offset] = [ownData(value, '_d'), ownData(value, '_offset')];
  if (!types.isDate(date)) return undefined;
  return isoOf(timeOf.call(date) - (typeof offset === 'number' ? offset : 0) * MINUTE);
}

/** js-joda's classes hold one another: a date, a time, both, both with an offset. */
function jodaText(value: object): string | undefined {
  const [inner, offset] = [ownData(value, '_dateTime'), ownData(value, '_offset')];
  if (isFields(inner) && isFields(offset)) {
    const { totalSeconds } = numbers(offset, '_totalSeconds');
    const local = jodaText(inner);
    return local === undefined || Number.isNaN(totalSeconds) ? undefined : local + isoOffset(totalSeconds / 60);
  }
  const [date, time] = [ownData(value, '_date'), ownData(value, '_time')];
  if (isFields(date) && isFields(time)) {
    const texts = [jodaText(date), jodaText(time)];
    return texts.includes(undefined) ? undefined : texts.join('T');
  }
  const day = numbers(value, '_year', '_month', '_day');
  if (isWhole(day)) return isoDate(day);
  const clock = numbers(value, '_hour', '_minute', '_second', '_nano');
  if (!isWhole(clock)) return undefined;
  return isoTime({ ...clock, fraction: fractionOf(clock.nano) });
}

/** Three, six or nine digits, as js-joda writes them. */
function fractionOf(nanos: number): string {
  if (nanos === 0) return '';
  return String(nanos)
    .padStart(9, '0')
    .slice(0, nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9);
}

function instantText(value: object): string | undefined {
  const { seconds, nanos } = numbers(value, '_seconds', '_nanos');
  if (!Number.isInteger(seconds) || !Number.isInteger(nanos) || Math.abs(seconds) > 8.64e12) return undefined;
  const fraction = fractionOf(nanos);
  return new Date(seconds * 1e3).toISOString().replace('.000Z', `${fraction && `.${fraction}`}Z`);
}
