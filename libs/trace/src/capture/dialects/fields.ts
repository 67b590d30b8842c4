/** The value at `path` through own properties, or `undefined`. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** Where workflow tools left a merge field unreplaced, they send its name instead of a value: `{{contact.id}}`. */
const TEMPLATE = /^\s*(?:\{\{[^{}]*\}\}\s*)+$/;

/** A text that says something: not blank, no unreplaced template. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && !TEMPLATE.test(value) ? value : undefined;
}

/** An id: a text, trimmed, or a finite number or bigint. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value === 'bigint') return String(value);
  return textOf(value)?.trim();
}

/** The first of `values` that is there. */
export function first<T>(values: Iterable<T | undefined>): T | undefined {
  for (const value of values) if (value !== undefined) return value;
  return undefined;
}

/** A message without the fields that have no value. */
export function compact<T extends object>(fields: T): T {
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] === undefined) delete fields[key];
  return fields;
}
