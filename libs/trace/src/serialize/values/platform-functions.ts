const PLAIN = Object.prototype;

// The platform's own functions: those of an application would be its code.

/** `Object.prototype.hasOwnProperty`. */
export const hasOwn = Reflect.get(PLAIN, 'hasOwnProperty') as (this: object, key: PropertyKey) => boolean;
/** 20 ns. A descriptor takes as long, three times as long for elements, and is garbage afterwards. */
export const lookupGetter = Reflect.get(PLAIN, '__lookupGetter__') as (this: object, key: PropertyKey) => unknown;
/** `Date.prototype.toISOString`. */
export const isoOf = Reflect.get(Date.prototype, 'toISOString') as (this: Date) => string;
/** `Date.prototype.getTime`. */
export const timeOf = Reflect.get(Date.prototype, 'getTime') as (this: Date) => number;
