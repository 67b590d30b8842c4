import type { Micros } from './record.js';
import type { ZonedStamp } from './trace-id.js';

/**
 * Microseconds since 1970 at which the clocks of `zone` show this date and time. A day past the end of its month counts
 * on into the next one. A time that the zone has twice is the earlier one; one that it leaves out is as much later as the
 * clocks were put forward.
 */
export function zonedMicros(
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

const DAY_US = 86_400_000_000;

/** How far the zone's clocks are ahead of UTC at an instant, in microseconds. */
function offsetAt(at: Micros, zone: ZonedStamp): number {
  const second = Math.floor(at / 1_000_000);
  const { date, time } = zone.at(at);
  return Date.parse(`${date}T${time}Z`) * 1_000 - second * 1_000_000;
}
