import { hasPrototype, ownData } from './safe-read.js';

const { getOwnPropertyDescriptor } = Object;

/**
 * The prototype of a class that the platform makes when it is first asked for. Asking for `Headers` loads Node's HTTP client
 * (26 ms), so this asks only for values that carry the class's name.
 *
 * @returns a function that gives the prototype where `value` is an instance of it
 */
export function platformClass(name: string): (value: object) => object | undefined {
  const atLoad = getOwnPropertyDescriptor(globalThis, name);
  let prototype = prototypeOf(atLoad?.value);
  return (value) => {
    prototype ??= prototypeOf(madeBy(atLoad?.get, name));
    return prototype !== undefined && hasPrototype(value, prototype) ? prototype : undefined;
  };
}

function prototypeOf(type: unknown): object | undefined {
  const prototype = typeof type === 'function' ? ownData(type, 'prototype') : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

/** The platform's getter replaces the global by what it made; an application may have put its own class there since. */
function madeBy(get: (() => unknown) | undefined, name: string): unknown {
  if (get === undefined) return undefined;
  const now = getOwnPropertyDescriptor(globalThis, name);
  try {
    return Reflect.apply(get, globalThis, []);
  } finally {
    if (now !== undefined) Object.defineProperty(globalThis, name, now);
  }
}
