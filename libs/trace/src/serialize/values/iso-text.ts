/** The parts of a date on a calendar, as libraries keep them. */
export interface CalendarParts {
  year: number;
  month: number;
  day: number;
}

/** The parts of a time of day. `fraction` has the digits behind the second, or none. */
export interface ClockParts {
  hour: number;
  minute: number;
  second: number;
  fraction: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-01-02`; years beyond four digits have six and a sign. */
export function isoDate({ year, month, day }: CalendarParts): string {
  const sign = year < 0 ? '-' : '+';
  const years =
    year >= 0 && year <= 9999 ? String(year).padStart(4, '0') : sign + String(Math.abs(year)).padStart(6, '0');
  return `${years}-${two(month)}-${two(day)}`;
}

/** `03:04:05`, or `03:04:05.678`. */
export function isoTime({ hour, minute, second, fraction }: ClockParts): string {
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction && `.${fraction}`}`;
}

/** `Z` or `+05:30`. */
export function isoOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(Math.trunc(size % 60))}`;
}

/** `P1Y2M3DT4H5M6.7S`; `undefined` parts are none. */
export function isoDuration(parts: Record<string, number | undefined>): string {
  const of = (name: string, letter: string, more = 0): string => {
    const count = (parts[name] ?? 0) + more;
    return count === 0 ? '' : `${count}${letter}`;
  };
  const date = of('years', 'Y') + of('months', 'M', 3 * (parts.quarters ?? 0)) + of('weeks', 'W') + of('days', 'D');
  // Milliseconds are exact to the third digit; a sum of fractions would show more.
  const seconds = Math.round(1e3 * (parts.seconds ?? 0) + (parts.milliseconds ?? 0)) / 1e3;
  const time = of('hours', 'H') + of('minutes', 'M') + (seconds === 0 ? '' : `${seconds}S`);
  return date + time === '' ? 'PT0S' : `P${date}${time && `T${time}`}`;
}
