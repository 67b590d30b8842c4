import type { Micros } from './record.js';
import type { ZonedStamp } from './trace-id.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** A unit of `parseDuration`. */
type DurationUnit = 'ms' | 's' | 'm' | 'min' | 'h' | 'd' | 'w';

/**
 * A duration: milliseconds as a number, or a text such as `'250ms'`, `'90s'`, `'30m'`, `'2h'`, `'7d'`, `'1w'`, or
 * `'1d12h'`. A text from the environment is checked at start: `process.env.MAX_AGE as Duration`.
 */
export type Duration = number | `${number}${DurationUnit}` | `${number}${DurationUnit}${number}${DurationUnit}`;

/** Numbers have at most nine digits: longer ones have no meaning as a duration. */
const PART = /(\d{1,9}(?:\.\d{1,6})?)\s?(ms|min|[smhdw])/gi;
const WHOLE = /^(?:\d{1,9}(?:\.\d{1,6})?\s?(?:ms|min|[smhdw]))+$/i;

/** The forms of `parseDuration`, for messages. */
export const DURATION_FORMS = '250ms, 90s, 30m, 2h, 7d, 1w, 1d12h';

/**
 * Milliseconds of `250ms`, `90s`, `30m` (or `30min`), `2h`, `7d`, `1w`, or several of them as `1d12h`; `undefined` for
 * any other text. Units are the same everywhere: options, command line, REST, MCP and the search box.
 *
 * @example
 * parseDuration('1d12h'); // 129_600_000
 */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(PART)) sum += Number(amount) * UNIT_MS[unit!.toLowerCase()]!;
  return sum;
}

/** The forms that a moment may have, for messages. */
export const MOMENT_HELP =
  'how long ago (30m, 2h, 7d), a date (2026-01-31), a time of day (14:30), a date and time (2026-01-31T14:30, with Z or an ' +
  'offset if it is not in the time zone of the application), or milliseconds since 1970 (13 digits)';

/** The end of a range that a moment is for. A date alone is its first instant for `since` and its last for `until`. */
export type RangeEnd = 'since' | 'until';

/** Time and zone in which a moment is read. */
export interface MomentContext {
  now: Micros;
  /** Zone of dates and times without an offset. */
  zone: ZonedStamp;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+ -]\d{2}:?\d{2})?)?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const EPOCH_MS = /^(?:0|\d{11,14})$/;
const DAY_US = 86_400_000_000;

/** Date and time of a text that names no zone. */
interface Local {
  /** `undefined`: a time of day. */
  date: readonly [year: number, month: number, day: number] | undefined;
  /** `undefined`: a date alone. Seconds may have a fraction. */
  time: readonly [hour: number, minute: number, second: number] | undefined;
}

/**
 * Microseconds since 1970 of a moment that a person wrote, or `undefined` where the text has none of the forms of
 * `MOMENT_HELP`. Command line, REST, MCP and the search box all read times with it.
 *
 * A date alone is the first instant of that day for `since` and the last for `until`. A time of day is the newest such
 * time that is not in the future. Dates and times without an offset are in `zone`; a time that the zone leaves out, when
 * summer begins, is an hour later.
 *
 * @example
 * parseMoment('2h', 'since', { now, zone }); // now - 7_200_000_000
 */
export function parseMoment(text: string, end: RangeEnd, { now, zone }: MomentContext): Micros | undefined {
  const fixed = fixedMoment(text, now);
  if (fixed !== undefined) return fixed;
  const local = localOf(text.trim());
  return local && resolveLocal(local, end, now, zone);
}

/**
 * The part of `parseMoment` that needs no zone: `undefined` for a date, a time of day and a time without an offset, and
 * for text that is no moment.
 */
export function fixedMoment(text: string, now: Micros): Micros | undefined {
  const trimmed = text.trim();
  const ago = parseDuration(trimmed);
  if (ago !== undefined) return now - ago * 1_000 < 0 ? undefined : Math.round(now - ago * 1_000);
  if (EPOCH_MS.test(trimmed)) return Number(trimmed) * 1_000;
  const offset = ISO.exec(trimmed)?.[8];
  const local = offset === undefined ? undefined : localOf(trimmed);
  return local && utcMicros(local) - offsetMicros(offset!);
}

/** Whether `parseMoment` reads the text. */
export function isMoment(text: string, now: Micros): boolean {
  return (
    fixedMoment(text, now) !== undefined ||
    (localOf(text.trim()) !== undefined && ISO.exec(text.trim())?.[8] === undefined)
  );
}

function localOf(text: string): Local | undefined {
  const clock = CLOCK.exec(text);
  if (clock) {
    const time = timeOf(clock[1]!, clock[2]!, clock[3], undefined);
    return time && { date: undefined, time };
  }
  const [whole, year, month, day, hour, minute, second, fraction] = ISO.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const date = [Number(year), Number(month), Number(day)] as const;
  // `Date` reads 31 February as 2 March, which is not what was meant.
  if (new Date(Date.UTC(...utcDate(date))).getUTCDate() !== date[2] || date[1] < 1 || date[1] > 12) return undefined;
  if (hour === undefined) return { date, time: undefined };
  const time = timeOf(hour, minute!, second, fraction);
  return time && { date, time };
}

function timeOf(hour: string, minute: string, second = '0', fraction = ''): Local['time'] {
  const time = [Number(hour), Number(minute), Number(second) + Number(`0.${fraction.slice(0, 6) || 0}`)] as const;
  return time[0] < 24 && time[1] < 60 && time[2] < 60 ? time : undefined;
}

function resolveLocal({ date, time }: Local, end: RangeEnd, now: Micros, zone: ZonedStamp): Micros {
  if (date !== undefined) {
    if (time !== undefined) return zonedMicros(date, time, zone);
    const [year, month, day] = date;
    const first = zonedMicros(date, [0, 0, 0], zone);
    return end === 'since' ? first : zonedMicros([year, month, day + 1], [0, 0, 0], zone) - 1;
  }
  const [year, month, day] = zone.at(now).date.split('-').map(Number) as [number, number, number];
  const today = zonedMicros([year, month, day], time!, zone);
  return today <= now ? today : zonedMicros([year, month, day - 1], time!, zone);
}

function utcMicros({ date, time }: Local): Micros {
  const [hour, minute, second] = time ?? [0, 0, 0];
  return (
    Date.UTC(...utcDate(date!)) * 1_000 + hour * (DAY_US / 24) + minute * 60_000_000 + Math.round(second * 1_000_000)
  );
}

function utcDate([year, month, day]: readonly [number, number, number]): [number, number, number] {
  return [year, month - 1, day];
}

/** An offset's `+` that a client left unescaped in a URL arrives as a space and is read as what it was. */
function offsetMicros(offset: string): number {
  if (/^z$/i.test(offset)) return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000_000;
}

/**
 * Microseconds since 1970 at which the clocks of `zone` show this date and time. A day past the end of its month counts
 * on into the next one. A time that the zone has twice is the earlier one; one that it leaves out is as much later as the
 * clocks were put forward.
 */
function zonedMicros(
  [year, month, day]: readonly [year: number, month: number, day: number],
  [hour, minute, second]: readonly [hour: number, minute: number, second: number],
  zone: ZonedStamp,
): Micros {
  const shown = Date.UTC(year, month - 1, day, hour, minute) * 1_000 + Math.round(second * 1_000_000);
  // A zone's offset changes by some hours at most, so it is one of the two that hold a day before and a day after.
  const offsets = [shown - DAY_US, shown + DAY_US].map((at) => offsetAt(at, zone));
  const candidates = offsets.map((offset) => shown - offset).sort((a, b) => a - b);
  return candidates.find((at) => at + offsetAt(at, zone) === shown) ?? candidates[1]!;
}

/** How far the zone's clocks are ahead of UTC at an instant, in microseconds. */
function offsetAt(at: Micros, zone: ZonedStamp): number {
  const second = Math.floor(at / 1_000_000);
  const { date, time } = zone.at(at);
  return Date.parse(`${date}T${time}Z`) * 1_000 - second * 1_000_000;
}
