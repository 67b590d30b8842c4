/** Field names that lead to a value, outermost first. */
export type FieldPath = readonly (string | number)[];

/** The value at `path` through own properties, or `undefined`. */
export function at(value: unknown, ...path: FieldPath): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

/** The list at `path`; anything else is an empty one. */
export function listAt(value: unknown, ...path: FieldPath): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/**
 * Workflow tools that find nothing to put into a merge field send its name instead: `{{contact.id}}`. No sender means
 * that as a value.
 */
const TEMPLATE = /^\s*(?:\{\{[^{}]*\}\}\s*)+$/;

/** What other languages make of "no value" when they build a text. */
const NO_VALUE = /^\s*(?:null|undefined|none|nan|\[object object\])\s*$/i;

/** A text that says something: not blank, no unreplaced template. Numbers that were sent as a message are their digits. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' && !TEMPLATE.test(value.slice(0, 512)) ? value : undefined;
}

/** An id: a text, trimmed, or a number, which is what Telegram sends. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) && value !== 0 ? String(value) : undefined;
  const text = textOf(value)?.trim();
  return text === undefined || NO_VALUE.test(text) ? undefined : text;
}

/** The first of `paths` at which `read` finds something; it finds nothing in `undefined`. */
export function firstAt<T>(
  value: unknown,
  paths: readonly FieldPath[],
  read: (found: unknown) => T | undefined,
): T | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const path of paths) {
    // Senders use a few of the names that there are: most paths end before they begin.
    if (!Object.hasOwn(value, path[0]!)) continue;
    const found = read(at(value, ...path));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A message without the fields that have no value. */
export function compact<T extends object>(fields: T): T {
  const kept = {} as T;
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept;
}

/** One header's value; of a repeated one, the first. */
export function header(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
