import { objectOption } from './option-checks.js';

/** Of an option that may be a secret, or have one in it, a message has its type. */
export function shapeOf(given: unknown): unknown {
  return given === undefined || given === null ? given : `(${Array.isArray(given) ? 'array' : typeof given})`;
}

/** `objectOption` for options with secrets: what is misspelled or in the wrong place may be one, and is not shown. */
export function secretObjectOption<T extends object>(name: string, given: T, keys: readonly (keyof T & string)[]): T {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return objectOption<T>(name, shapeOf(given) as T, keys);
  }
  const unknown = Object.keys(given).find((key) => !(keys as readonly string[]).includes(key));
  if (unknown === undefined) return given;
  return objectOption<T>(name, { [unknown]: shapeOf((given as Record<string, unknown>)[unknown]) } as T, keys);
}
