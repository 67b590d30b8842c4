import { errorStack } from '../../serialize/serializer.js';

/**
 * Whether one of two errors is a copy of the other, which a library made to remove secrets. Only for errors of which one is
 * known to be a copy: an error that is thrown twice at one place has an equal message and an equal stack too. Since Node 21
 * a copied error has no stack.
 */
export function isCopyOf(error: object, other: object | undefined): boolean {
  if (other === undefined || messageOf(error) !== messageOf(other)) return false;
  const [stack, otherStack] = [errorStack(error), errorStack(other)];
  return stack === otherStack || stack === undefined || otherStack === undefined;
}

/** Read without calling code of the error. */
function messageOf(error: object): unknown {
  try {
    return Object.getOwnPropertyDescriptor(error, 'message')?.value;
  } catch {
    return undefined;
  }
}
