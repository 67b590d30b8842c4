import { isNonEmptyText, listOption, numberOption, objectOption, oneOf } from '../model/option-checks.js';
import { DEFAULT_LIMITS, MIN_LIMITS, type Limits } from './limits.js';
import { parsePath } from './redact/redact-paths.js';
import type { RedactOptions } from './redact/redaction.js';

const PATHS = "paths such as 'customer.email', 'messages[*].text', '**.email' or \"fields['first name']\"";

/** Bytes of a payload at most: a record of this size is written in one piece, a larger one could be torn by a kill. */
const MAX_EVENT_BYTES = 8 * 2 ** 20;

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveRedact(options?: RedactOptions): RedactOptions {
  const given = objectOption('redact', options, ['keys', 'patterns', 'paths', 'content']);
  return {
    keys: listOption('redact.keys', given.keys, isKey, 'names or RegExps'),
    patterns: listOption('redact.patterns', given.patterns, (item) => item instanceof RegExp, 'RegExps'),
    paths: listOption('redact.paths', given.paths, isPath, PATHS),
    content: oneOf<'full' | 'none'>('redact.content', given.content, 'full', ['full', 'none']),
  };
}

function isKey(key: unknown): boolean {
  return isNonEmptyText(key) || key instanceof RegExp;
}

function isPath(path: unknown): boolean {
  return isNonEmptyText(path) && parsePath(path) !== undefined;
}

/** @throws TraceCollectorError `OPTION_INVALID` for the first invalid option. */
export function resolveLimits(options?: Partial<Limits>): Limits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  const given = objectOption('limits', options, names);
  const limits = { ...DEFAULT_LIMITS };
  for (const name of names) {
    const max = name === 'maxEventBytes' ? MAX_EVENT_BYTES : undefined;
    limits[name] = numberOption(`limits.${name}`, given[name], DEFAULT_LIMITS[name], { min: MIN_LIMITS[name], max });
  }
  return limits;
}
