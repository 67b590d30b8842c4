import { isSpan } from './trace-log.js';
import type { LogEntry } from './trace-log.js';

/** Equal steps, or equal turns of several steps, from this number on are folded. */
const LEAST = 3;
/** Longest turn that is recognized: an agent's loop of a model call, two tools and an event. */
const LONGEST = 4;

/** Equal turns of one or several steps, right after each other. */
export interface Repeat {
  /** Position of the first step, and number of steps. */
  from: number;
  length: number;
  /** Number of steps of one turn. */
  period: number;
}

/** Finds the steps that repeat among siblings: `list_slots` twelve times, or a model call and its tool in turn. */
export function repeatsIn(siblings: readonly LogEntry[]): Repeat[] {
  const keys = siblings.map(keyOf);
  const found: Repeat[] = [];
  for (let from = 0; from < keys.length; from += 1) {
    for (let period = 1; period <= LONGEST; period += 1) {
      // Before the search for its end: a trace may have thousands of equal events, which are not folded.
      if (keys[from + period - 1] === undefined) break;
      if (!siblings.slice(from, from + period).some(({ event }) => isSpan(event))) continue;
      let end = from + period;
      while (end < keys.length && keys[end] === keys[end - period]) end += 1;
      const turns = Math.floor((end - from) / period);
      if (turns < LEAST) continue;
      found.push({ from, length: turns * period, period });
      from += turns * period - 1;
      break;
    }
  }
  return found;
}

/** What equal steps share; `undefined`: a step that a reader must see for itself. */
function keyOf({ event, kind, label, title, failed, open, call }: LogEntry): string | undefined {
  if (open) return undefined;
  if (isSpan(event) || kind === 'route' || kind === 'brain' || kind === 'custom')
    return `${kind} ${failed} ${call?.status} ${label} ${title}`;
  return undefined;
}
