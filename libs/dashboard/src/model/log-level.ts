import { isAtLeast, knownLevel } from '../../../trace/src/model/log-levels.js';
import type { LogLevel } from '../../../trace/src/model/log-levels.js';

/** Whether a log line is of level `warn` or above. A level with an unknown name counts as one: it must not be missed. */
export function isLoud(level: unknown): boolean {
  return reaches(level, 'warn');
}

/** Whether a level reports a failure. */
export function isErrorLevel(level: unknown): boolean {
  return reaches(level, 'error');
}

function reaches(level: unknown, least: LogLevel): boolean {
  const known = typeof level === 'string' ? knownLevel(level) : undefined;
  return known === undefined ? least === 'warn' : isAtLeast(known, least);
}
