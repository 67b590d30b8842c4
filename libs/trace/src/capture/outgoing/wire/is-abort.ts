import { errorName, isError, ownData } from '../../../serialize/serializer.js';

/**
 * Whether the application ended the call: it aborted, with an error or a reason of its own, or did not read the response to
 * its end. Timeouts are failures, and so is everything with a code of Node or undici.
 */
export function isAbort(error: unknown): boolean {
  if (!isError(error)) return true;
  const name = errorName(error);
  if (name === 'AbortError') return true;
  return name !== 'TimeoutError' && typeof ownData(error, 'code') !== 'string' && !hasCodedCause(error);
}

function hasCodedCause(error: object): boolean {
  const cause = ownData(error, 'cause');
  return isError(cause) && typeof ownData(cause, 'code') === 'string';
}
