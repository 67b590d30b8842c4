import type { OtelAttributes, OtelValue } from '../otel-span.js';

/** Objects and lists of one conversation, by member or index. */
export type Nested = { [key: string]: Nested | OtelValue };

/** Attributes that are read of one list at most, and the depth of their names. */
const MAX_NAMES = 5_000;
const MAX_PARTS = 12;
const INDEX = /^\d{1,4}$/;

/**
 * What several attributes say together: `prefix.0.role`, `prefix.0.content` and so on, as one list. `undefined`: there are none.
 *
 * @example
 * listUnder({ 'p.0.role': 'user', 'p.0.content': 'Hola' }, 'p'); // [{ role: 'user', content: 'Hola' }]
 */
export function listUnder(attributes: OtelAttributes, prefix: string): unknown[] | undefined {
  const root = Object.create(null) as Nested;
  const start = `${prefix}.`;
  let count = 0;
  for (const name of Object.keys(attributes)) {
    if (!name.startsWith(start) || count >= MAX_NAMES) continue;
    count += 1;
    place(root, name.slice(start.length).split('.'), attributes[name]!);
  }
  if (count === 0) return undefined;
  const list = asValue(root);
  return Array.isArray(list) ? list : undefined;
}

function place(root: Nested, path: readonly string[], value: OtelValue): void {
  if (path.length > MAX_PARTS) return;
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    if (isNested(next)) at = next;
    else at = at[key] = Object.create(null) as Nested;
  }
  const last = path.at(-1)!;
  if (!isNested(at[last])) at[last] = value;
}

/** An object made here has no prototype; a value of an attribute has been left as it is. */
function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null && !Array.isArray(value);
}

/** An object whose members are all indexes is a list, in their order. */
function asValue(value: Nested | OtelValue): unknown {
  if (!isNested(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => INDEX.test(key))) {
    return keys.toSorted((a, b) => Number(a) - Number(b)).map((key) => asValue(value[key]!));
  }
  return Object.fromEntries(keys.map((key) => [key, asValue(value[key]!)]));
}
