import { types } from 'node:util';

/**
 * Names the span of a method: `Class.method`, where Class is the class of the object at hand (a subclass that inherits
 * the method is named, as a stack trace would). Reached by `super.method()`, it is the class that has the method: the two
 * spans of such a call have two names.
 *
 * @param owner the prototype, or for a static method the class, that has the method
 */
export function methodNamer(owner: object, key: PropertyKey): (self: unknown) => string {
  const method = typeof key === 'symbol' ? `[${key.description ?? ''}]` : `.${String(key)}`;
  const declared = classOf(owner);
  const declaredName = (declared.name || 'anonymous') + method;
  // Most methods are only ever called on one class: its name is kept.
  let lastPrototype: object | null = owner;
  let lastName = declaredName;

  return (self) => {
    if (typeof self !== 'object' && typeof self !== 'function') return declaredName;
    // Reading a proxy runs user code.
    if (self === null || types.isProxy(self)) return declaredName;
    const prototype = typeof owner === 'function' ? self : (Object.getPrototypeOf(self) as object | null);
    if (prototype === lastPrototype) return lastName;
    lastName =
      prototype !== null && firstOwner(prototype, key) === owner
        ? classOf(prototype, declared).name + method
        : declaredName;
    lastPrototype = prototype;
    return lastName;
  };
}

/** The first object in the prototype chain that has `key`. */
function firstOwner(start: object, key: PropertyKey): object | undefined {
  for (let holder: object | null = start; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return undefined;
    if (Object.hasOwn(holder, key)) return holder;
  }
  return undefined;
}

function classOf(prototype: object, otherwise = { name: '' }): { name: string } {
  const found: unknown =
    typeof prototype === 'function' ? prototype : Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof found !== 'function') return otherwise;
  // A class may have a static member of that name.
  const name: unknown = Object.getOwnPropertyDescriptor(found, 'name')?.value;
  return typeof name === 'string' && name !== '' ? { name } : otherwise;
}
