import { types } from 'node:util';

const describe = Object.getOwnPropertyDescriptor;
const prototypeOf = Object.getPrototypeOf as (value: object) => object | null;

/** Prototypes followed; longer chains are no ordinary classes. */
const MAX_CHAIN = 16;

/** An own data property, never a getter's answer. The caller has made sure that `object` is no proxy. */
export function ownData(object: object, key: PropertyKey): unknown {
  return describe(object, key)?.value;
}

/** A data property of the object or its prototypes; a proxy among them ends the search. */
export function chainData(object: object, key: PropertyKey): unknown {
  let current: object | null = object;
  for (let i = 0; i < MAX_CHAIN && current !== null && !types.isProxy(current); i++) {
    const property = describe(current, key);
    if (property !== undefined) return property.value;
    current = prototypeOf(current);
  }
  return undefined;
}

/** Whether the object or one of its prototypes has this property, of any kind; a proxy among them ends the search. */
export function hasKey(object: object, key: PropertyKey): boolean {
  let current: object | null = object;
  for (let i = 0; i < MAX_CHAIN && current !== null && !types.isProxy(current); i++) {
    if (describe(current, key) !== undefined) return true;
    current = prototypeOf(current);
  }
  return false;
}

/** The name of the class, `undefined` for plain objects and for what hides it. */
export function classNameOf(object: object): string | undefined {
  const make = chainData(object, 'constructor');
  if (typeof make !== 'function' || types.isProxy(make)) return undefined;
  const name = ownData(make, 'name');
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name.slice(0, 100) : undefined;
}

/** A getter of the platform's own classes, read before the application can replace it. */
export function platformGetter(
  prototype: object | undefined,
  key: PropertyKey,
): ((self: object) => unknown) | undefined {
  const get = prototype === undefined ? undefined : describe(prototype, key)?.get;
  return get === undefined ? undefined : (self) => Reflect.apply(get, self, []);
}

export function hasPrototype(object: object, prototype: object | undefined): boolean {
  let current: object | null = object;
  for (let i = 0; i < MAX_CHAIN && current !== null && !types.isProxy(current); i++) {
    if (current === prototype) return true;
    current = prototypeOf(current);
  }
  return false;
}
