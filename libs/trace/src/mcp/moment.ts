import { TraceCollectorError } from '../model/errors.js';
import type { Micros } from '../model/record.js';
import { wallNow } from '../model/timers.js';
import type { ArgumentSchema } from './mcp-tool.js';

const UNIT_MS: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

export function momentArgument(which: string): ArgumentSchema {
  return {
    type: 'string',
    description: `${which}: how long ago (30m, 2h, 7d) or ISO 8601.`,
    minLength: 1,
    maxLength: 40,
  };
}

/** Microseconds of `2h` ago or of an ISO 8601 time. Throws `BAD_QUERY`. */
export function moment(text: string | undefined, nowMs = wallNow()): Micros | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,6})\s?([smhdw])$/.exec(text.trim()) ?? [];
  if (amount !== undefined) return Math.round((nowMs - Number(amount) * (UNIT_MS[unit as string] ?? 0)) * 1000);
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms * 1000;
  throw new TraceCollectorError('BAD_QUERY', `${JSON.stringify(text)} is no time; give 30m, 2h, 7d or ISO 8601.`);
}
