import { ownData } from './safe-read.js';

const { getPrototypeOf } = Object;
const sourceOf = Reflect.get(Function.prototype, 'toString') as (this: unknown) => string;

/**
 * The `toString` of each class of the platform's `Temporal`, by prototype, taken when this module is loaded. A polyfill keeps
 * its values where only its own functions find them, so its values are named and not read.
 */
const TEXT_OF = new Map<object, (this: object) => string>();

const temporal: unknown = Reflect.get(globalThis, 'Temporal');
if (typeof temporal === 'object' && temporal !== null) {
  for (const name of Object.getOwnPropertyNames(temporal)) {
    const type = ownData(temporal, name);
    const prototype = typeof type === 'function' ? ownData(type, 'prototype') : undefined;
    if (typeof prototype !== 'object' || prototype === null) continue;
    const toText = ownData(prototype, 'toString');
    if (typeof toText === 'function' && /\{\s*\[native code\]\s*\}/.test(sourceOf.call(toText))) {
      TEXT_OF.set(prototype, toText as (this: object) => string);
    }
  }
}

export function isTemporal(value: object): boolean {
  return TEXT_OF.has(getPrototypeOf(value) as object);
}

/** ISO 8601 text, with zone and calendar where the value has them. */
export function readTemporal(value: object): string | undefined {
  return TEXT_OF.get(getPrototypeOf(value) as object)?.call(value);
}
