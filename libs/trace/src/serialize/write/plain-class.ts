import { types } from 'node:util';
import { isError } from '../values/error-read.js';
import { nameExotic } from '../values/exotic.js';
import type { ValueReader } from '../values/value-reader.js';
import { findReader } from '../values/value-readers.js';

const { getPrototypeOf } = Object;
const { isProxy } = types;
const MAX_CHAIN = 8;

/** A class whose instances are nothing but their fields. */
export const PLAIN_CLASS = 'plain';

/** The kind of a prototype's instances. */
const known = new WeakMap<object, typeof PLAIN_CLASS | ValueReader>();

/**
 * The kind of an object of a class (no proxy, not boxed): `PLAIN_CLASS` has only its fields, a reader returns its content.
 * `undefined`: another kind. The kind is found once per class; the prototypes are checked each time, as they may change.
 */
export function classKind(value: object, prototype: object | null): typeof PLAIN_CLASS | ValueReader | undefined {
  if (!inheritsPlainly(prototype)) return undefined;
  const seen = prototype === null ? undefined : known.get(prototype);
  if (seen !== undefined) return Array.isArray(value) ? undefined : seen;
  if (Array.isArray(value) || isError(value) || types.isMap(value) || types.isSet(value)) return undefined;
  if (nameExotic(value) !== undefined) return undefined;
  const kind = findReader(value) ?? PLAIN_CLASS;
  if (prototype !== null) known.set(prototype, kind);
  return kind;
}

/** No proxy in the chain, which a walk over the fields would wake. */
function inheritsPlainly(prototype: object | null): boolean {
  let current = prototype;
  for (let i = 0; i < MAX_CHAIN; i++) {
    if (current === null || current === Object.prototype) return true;
    if (isProxy(current)) return false;
    current = getPrototypeOf(current) as object | null;
  }
  return false;
}
