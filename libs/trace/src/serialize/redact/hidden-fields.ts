import { ownData } from '../values/safe-read.js';
import { COUNTABLE, NAMING_KEYS, PAIRED, SECRET, type KeyVerdict } from './secret-keys.js';

type Judge = (key: string) => KeyVerdict;

/**
 * Whether the verdict on its key hides this value of `holder` (no proxy). That a secret is missing, or a flag about it,
 * is no secret.
 */
export function hidesField(judge: Judge, holder: object, verdict: KeyVerdict, value: unknown): boolean {
  switch (verdict) {
    case SECRET:
      return value !== null && value !== undefined && typeof value !== 'boolean';
    case COUNTABLE:
      return typeof value === 'string' || Array.isArray(value);
    case PAIRED:
      return NAMING_KEYS.some((key) => {
        const name = ownData(holder, key);
        return typeof name === 'string' && hidesField(judge, NO_HOLDER, judge(name), value);
      });
    default:
      return false;
  }
}

/** Whether a list of two texts is a name and its secret, as `Object.entries(headers)` makes them. */
export function hidesSecond(judge: Judge, list: readonly unknown[]): boolean {
  if (list.length !== 2) return false;
  const name = ownData(list, 0);
  const value = ownData(list, 1);
  return typeof name === 'string' && typeof value === 'string' && judge(name) === SECRET;
}

const NO_HOLDER = {};
