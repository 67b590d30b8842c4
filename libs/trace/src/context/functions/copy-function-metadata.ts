import 'reflect-metadata';

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

export type Invoke = (self: unknown, args: unknown[]) => unknown;

/**
 * A function that calls `invoke` and looks like `original`: name, length, further properties, prototype, and all Reflect
 * metadata. Nest, and most libraries for it, find routes, guards, listeners and tools by metadata on the function
 * itself; without it a guarded route is an open one.
 */
export function copyFunctionMetadata<F extends AnyFunction>(original: F, invoke: Invoke): F {
  const wrapper = Object.hasOwn(original, 'prototype') ? constructable(original, invoke) : method(invoke);
  copyProperties(original, wrapper);
  copyMetadata(original, wrapper);
  return wrapper as unknown as F;
}

/** Like a method or an arrow function: no `prototype`, and `new` is refused. */
function method(invoke: Invoke): AnyFunction {
  const { wrapper } = {
    wrapper(this: unknown, ...args: unknown[]) {
      return invoke(this, args);
    },
  };
  return wrapper;
}

/** Like a `function`: `new` goes to the original, unrecorded. */
function constructable(original: AnyFunction, invoke: Invoke): AnyFunction {
  return function wrapper(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return invoke(this, args);
    const target = new.target as unknown;
    return Reflect.construct(original, args, (target === wrapper ? original : target) as never);
  };
}

function copyProperties(from: AnyFunction, to: AnyFunction): void {
  // `AsyncFunction`, `GeneratorFunction`: some libraries check the constructor's name.
  const prototype = Object.getPrototypeOf(from) as object | null;
  if (prototype !== Object.getPrototypeOf(to)) Reflect.setPrototypeOf(to, prototype);
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'arguments' || key === 'caller') continue;
    Reflect.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key)!);
  }
}

function copyMetadata(from: AnyFunction, to: AnyFunction): void {
  for (const key of Reflect.getOwnMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, from), to);
  }
}
