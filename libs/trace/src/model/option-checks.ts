import { inspect } from 'node:util';
import { nearestWord } from './nearest-word.js';
import { DURATION_FORMS, parseDuration } from './time.js';
import { TraceCollectorError } from './errors.js';

/** The error for an invalid option, or for a variable of the environment that replaces one. Its message has the option's name, the given value and the allowed values. */
export function badOption(name: string, value: unknown, allowed: string): TraceCollectorError {
  const shown = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 80, maxArrayLength: 5 });
  const kind = name.startsWith('TRACE_') ? 'Environment variable' : 'TraceModule option';
  return new TraceCollectorError('OPTION_INVALID', `${kind} \`${name}\` is ${shown}; allowed: ${allowed}`);
}

/** A plain object that has no other than the listed keys. The error for an unknown key lists the allowed ones. */
export function objectOption<T extends object>(
  name: string,
  value: T | undefined,
  keys: readonly (keyof T & string)[],
): T {
  if (value === undefined) return {} as T;
  const path = name === '' ? '' : `${name}.`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badOption(name || 'forRoot()', value, `an object with ${keys.join(', ')}`);
  }
  for (const key of Object.keys(value)) {
    if ((keys as readonly string[]).includes(key)) continue;
    throw unknownOption(path, key, keys);
  }
  return value;
}

/** The value is not shown: an option with a misspelled name may be a secret. */
function unknownOption(path: string, key: string, keys: readonly string[]): TraceCollectorError {
  const meant = nearestWord(key, keys);
  const allowed = keys.map((each) => path + each).join(', ');
  return new TraceCollectorError(
    'OPTION_INVALID',
    `Unknown TraceModule option \`${path}${key}\`. ${meant === undefined ? '' : `Did you mean \`${path}${meant}\`? `}Allowed: ${allowed}`,
  );
}

/** A finite number from `min` to `max`; `fallback` if the value is `undefined`. */
export function numberOption(
  name: string,
  value: unknown,
  fallback: number,
  { min, max = Number.MAX_SAFE_INTEGER, unit = '' }: { min: number; max?: number; unit?: string },
): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
  const to = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  throw badOption(name, value, `a number ${to}${unit && ` (${unit})`}`);
}

export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw badOption(name, value, 'true or false');
}

export function textOption(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw badOption(name, value, 'a text that is not empty');
}

export function oneOf<T extends string>(name: string, value: unknown, fallback: T, allowed: readonly T[]): T {
  if (value === undefined) return fallback;
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  throw badOption(name, value, allowed.map((word) => `'${word}'`).join(' or '));
}

export function functionOption<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === 'function') return value;
  throw badOption(name, value, 'a function');
}

export function listOption<T>(name: string, value: unknown, isItem: (item: unknown) => boolean, allowed: string): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badOption(name, value, `an array of ${allowed}`);
  value.forEach((item, at) => {
    if (!isItem(item)) throw badOption(`${name}[${at}]`, item, allowed);
  });
  return value as T[];
}

/**
 * A size: bytes as a number, or a text such as `'512MiB'` or `'1GB'`. A text from the environment is checked at start:
 * `process.env.MAX_BYTES as ByteSize`.
 */
export type ByteSize = number | `${number}${'B' | 'KB' | 'MB' | 'GB' | 'KiB' | 'MiB' | 'GiB'}`;

const SIZE_UNITS: Record<string, number> = {
  B: 1,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** Milliseconds as a number, or `30s`, `2h`, `7d`. */
export function durationOption(name: string, value: unknown, fallback: number): number {
  const ms = typeof value === 'string' ? parseDuration(value.trim()) : value;
  if (value === undefined) return fallback;
  if (typeof ms === 'number' && ms > 0) return ms;
  throw badOption(name, value, `milliseconds as a number, or a text such as ${DURATION_FORMS}`);
}

/** Bytes as a number, or `512MiB`, `1GiB`. */
export function sizeOption(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value > 0) return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([KMG]i?B|B)$/i.exec(value.trim()) : null;
  const unit = match && SIZE_UNITS[match[2]!.toUpperCase()];
  if (!unit) throw badOption(name, value, "bytes as a number, or a text such as '512MiB', '1GiB'");
  return Number(match[1]) * unit;
}

export function isNonEmptyText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
