import { methodOf, shadowMethod } from '../method-of.js';
import type { Method } from '../method-of.js';

/** Calls the original method with these arguments. */
export type Original = (args: unknown[]) => unknown;

/**
 * Replaces a method of this one object, invisible to `Object.keys` and `JSON.stringify`. Calls with another `this` go to the
 * original method.
 *
 * @returns a function that restores the method; `undefined` if there is no such method, or the object allows no replacement
 */
export function interceptMethod(
  object: object,
  key: PropertyKey,
  replacement: (original: Original, args: unknown[]) => unknown,
): (() => void) | undefined {
  const method = methodOf(object, key);
  if (method === undefined) return undefined;
  const original: Original = (args) => Reflect.apply(method, object, args as never[]);
  const shadow: Method = function (this: unknown, ...args: unknown[]): unknown {
    return this === object ? replacement(original, args) : Reflect.apply(method, this, args as never[]);
  };
  Object.defineProperties(shadow, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
  return shadowMethod(object, key, shadow);
}
