type Args = unknown[];
type Method = (this: unknown, ...args: Args) => unknown;

/** Calls the original method with these arguments. */
export type Original = (args: Args) => unknown;

/**
 * Replaces a method of this one request or response, invisible to `Object.keys`. `interceptMethod` also copies name and
 * length: with it, observing a call took 18 to 21 µs of CPU, without it 5 to 12.
 */
export function replaceMethod(
  object: object,
  key: string,
  replacement: (original: Original, args: Args) => unknown,
): void {
  const method = (object as Record<string, Method>)[key]!;
  const original: Original = (args) => Reflect.apply(method, object, args);
  const value: Method = function (this, ...args) {
    return this === object ? replacement(original, args) : Reflect.apply(method, this, args);
  };
  Reflect.defineProperty(object, key, { value, enumerable: false, configurable: true, writable: true });
}
