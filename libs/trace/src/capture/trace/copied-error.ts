import { errorStack } from '../../serialize/serializer.js';

/**
 * Whether one of two errors is a copy of the other, which a library made to remove secrets: both have one stack. Only for
 * errors of which one is known to be a copy: an error that is thrown twice at one place has an equal stack too. Since Node 21
 * a copied error has no stack: then the answer is no, and the original is recorded beside its copy, for its stack.
 */
export function isCopyOf(error: object, other: object | undefined): boolean {
  const stack = other === undefined ? undefined : errorStack(other);
  return stack !== undefined && stack !== '' && stack === errorStack(error);
}
