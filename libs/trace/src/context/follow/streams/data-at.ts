import { types } from 'node:util';

/** The value at a path of own data properties; `undefined` where a step is missing, a getter or a proxy. Runs no user code. */
export function dataAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || types.isProxy(current)) return undefined;
    current = Object.getOwnPropertyDescriptor(current, key)?.value;
  }
  return current;
}
