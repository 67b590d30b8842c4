import { wallNow } from '../model/timers.js';
import { isOutage, type Reach } from './reach.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Writes the sentence of an answer that lacks the traces of other instances. */
export function degradedSentence(reach: Reach, keepLocalMs: number, timeOf: (ms: number) => string) {
  const only = `this shows only what this instance recorded in the last ${spanOf(keepLocalMs)} or since then`;
  return (error: unknown): string => {
    const reason = String((error as Error | undefined)?.message ?? error).replace(/[.\s]+$/, '');
    if (!isOutage(error)) return `The shared store could not answer this question (${reason}): ${only}.`;
    const since = timeOf(reach.current.sinceMs);
    if (error.code === 'STORE_UNAVAILABLE') return `The shared store has been unreachable since ${since}: ${only}.`;
    return `The shared store cannot be used since ${since} (${reason}): ${only}.`;
  };
}

/** Time of the day; with the date if it was not within the last 24 hours. */
export function clockTime(at: (micros: number) => { date: string; time: string }): (ms: number) => string {
  return (ms) => {
    const { date, time } = at(ms * 1000);
    return wallNow() - ms < DAY_MS ? time : `${date} ${time}`;
  };
}

/** `hour`, `2 hours`, `30 minutes`, `90 seconds`. */
function spanOf(ms: number): string {
  const [size, unit] =
    ms % HOUR_MS === 0 ? [HOUR_MS, 'hour'] : ms % 60_000 === 0 ? [60_000, 'minute'] : [1_000, 'second'];
  const count = Math.max(1, Math.round(ms / (size as number)));
  return count === 1 ? String(unit) : `${count} ${unit}s`;
}
