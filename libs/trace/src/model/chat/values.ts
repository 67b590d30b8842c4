import { isPlainObject } from '../objects.js';

/** Values of JSON, read by their kind: `undefined` for one of another kind. */
export type Fields = Record<string, unknown>;

/** Messages, parts, tools or calls that are read of one body at most. */
export const MAX_ITEMS = 2_000;

export function fieldsOf(value: unknown): Fields | undefined {
  return isPlainObject(value) ? value : undefined;
}

/** An own field of an object: bodies are hostile, and `constructor` of any object would be a function. */
export function field(value: unknown, key: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at the end of a path of fields and indexes. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) found = typeof key === 'number' ? itemsOf(found)[key] : field(found, key);
  return found;
}

export function itemsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value.length > MAX_ITEMS ? value.slice(0, MAX_ITEMS) : value) : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text that is not empty, or the digits of a number, such as an error's code. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** The first of an object's fields that has a text. */
export function textAt(value: unknown, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const text = textOf(field(value, key));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The JSON of a text; the text itself where it is none. Models return arguments of tools as a text of JSON. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  if (value.trim() === '') return {};
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** A value as text: JSON for what is none. */
export function asText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Fields without those that have no value. */
export function compact<T extends object>(fields: T): T {
  const kept = {} as T;
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept;
}
