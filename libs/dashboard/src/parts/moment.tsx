import { clockTime, dayUnlessToday, fullTime, zone } from '../format/time.js';

/** A time in the reader's zone, with the zone; with the day unless it is today. */
export function Moment({ at, withZone = true }: { at: string; withZone?: boolean }) {
  const day = dayUnlessToday(at);
  return (
    <time dateTime={at} title={fullTime(at)}>
      {day !== '' && <span class="day">{day} </span>}
      {clockTime(at)}
      {withZone && <span class="zone"> {zone(at)}</span>}
    </time>
  );
}
