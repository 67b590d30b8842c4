export type Method = (this: unknown, ...args: never[]) => unknown;

/** The method `key` of an object, its own or inherited; found without running a getter. */
export function methodOf(object: object, key: PropertyKey): Method | undefined {
  for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined)
      return typeof descriptor.value === 'function' ? (descriptor.value as Method) : undefined;
  }
  return undefined;
}

/**
 * Replaces a method of this one object, invisible to `Object.keys`, `JSON.stringify` and spreading. Returns a function that
 * restores it, or `undefined` if the object does not allow the replacement.
 */
export function shadowMethod(object: object, key: PropertyKey, replacement: Method): (() => void) | undefined {
  const before = Object.getOwnPropertyDescriptor(object, key);
  const shadow = { value: replacement, enumerable: before?.enumerable ?? false, configurable: true, writable: true };
  if (before?.configurable === false || !Reflect.defineProperty(object, key, shadow)) return undefined;
  return () => {
    // Other code replaced ours since: removing ours would remove theirs.
    if (Object.getOwnPropertyDescriptor(object, key)?.value !== replacement) return;
    if (before === undefined) Reflect.deleteProperty(object, key);
    else Reflect.defineProperty(object, key, before);
  };
}
