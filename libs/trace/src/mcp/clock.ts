import { wallNow } from '../model/timers.js';
import { spellMs } from '../views/text/durations.js';

/** The time of the answer, ISO 8601. */
export function nowIso(): string {
  return new Date(wallNow()).toISOString();
}

/** How long ago a time was: `3 min 2 s ago`. */
export function ago(iso: string): string {
  const ms = wallNow() - Date.parse(iso);
  return Number.isFinite(ms) ? `${spellMs(Math.max(0, ms))} ago` : 'unknown';
}
