import { types } from 'node:util';
import { isError } from './error-read.js';
import { nameExotic } from './exotic.js';

const { getPrototypeOf } = Object;
const { isProxy } = types;
const MAX_CHAIN = 8;

/** Prototypes whose instances were seen to be nothing but their fields. */
const known = new WeakSet<object>();

/**
 * Whether an object that is no plain one (nor a proxy, nor boxed) has nothing to show but its fields. What it is, is asked
 * once per class; what its class inherits from may change at any time.
 */
export function isPlainClass(value: object, prototype: object | null): boolean {
  if (!inheritsPlainly(prototype)) return false;
  if (prototype !== null && known.has(prototype)) return !Array.isArray(value);
  if (Array.isArray(value) || isError(value) || types.isMap(value) || types.isSet(value)) return false;
  if (nameExotic(value) !== undefined) return false;
  if (prototype !== null) known.add(prototype);
  return true;
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
