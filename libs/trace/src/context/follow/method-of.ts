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
 * Puts `replacement` over a method of this one object, out of sight of `Object.keys`, `JSON.stringify` and spreading.
 * Answers the way to take it off, or `undefined` where the object does not allow it.
 */
export function shadowMethod(object: object, key: PropertyKey, replacement: Method): (() => void) | undefined {
  const before = Object.getOwnPropertyDescriptor(object, key);
  const shadow = { value: replacement, enumerable: before?.enumerable ?? false, configurable: true, writable: true };
  if (before?.configurable === false || !Reflect.defineProperty(object, key, shadow)) return undefined;
  return () => {
    // Somebody put another one on top: taking ours off would take theirs.
    if (Object.getOwnPropertyDescriptor(object, key)?.value !== replacement) return;
    if (before === undefined) Reflect.deleteProperty(object, key);
    else Reflect.defineProperty(object, key, before);
  };
}
