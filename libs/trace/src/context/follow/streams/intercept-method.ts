import { methodOf, shadowMethod } from '../method-of.js';
import type { Method } from '../method-of.js';

/** Calls the method as it was, with these arguments. */
export type Original = (args: unknown[]) => unknown;

/**
 * Covers a method of this one object, out of sight of `Object.keys` and `JSON.stringify`. Calls with another `this` go to
 * the method as it was.
 *
 * @returns the way to take the cover off; `undefined` when there is no such method, or the object takes no cover
 */
export function interceptMethod(
  object: object,
  key: PropertyKey,
  covering: (original: Original, args: unknown[]) => unknown,
): (() => void) | undefined {
  const method = methodOf(object, key);
  if (method === undefined) return undefined;
  const original: Original = (args) => Reflect.apply(method, object, args as never[]);
  const shadow: Method = function (this: unknown, ...args: unknown[]): unknown {
    return this === object ? covering(original, args) : Reflect.apply(method, this, args as never[]);
  };
  Object.defineProperties(shadow, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
  return shadowMethod(object, key, shadow);
}
