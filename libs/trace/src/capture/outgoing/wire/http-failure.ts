import { types } from 'node:util';
import { isAbort } from '../../../context/follow/streams/abort-error.js';
import { dataAt } from '../../../context/follow/streams/data-at.js';

/** Why a call broke; `undefined`: the application aborted it. */
export function failureIn(error: unknown): unknown {
  return timeoutIn(error) ?? (isAbort(error) ? undefined : error);
}

/**
 * The same for a call that the application destroyed with `reason`: an error that says more than "aborted", or its own
 * timeout, is the failure.
 *
 * @param timingOut whether listeners of the request's `timeout` are running
 */
export function failureOfDestroyed(reason: unknown, timingOut: boolean): unknown {
  if (types.isNativeError(reason) || reason instanceof Error) return failureIn(reason);
  return timingOut ? timedOut() : undefined;
}

/** The timeout in the error of a signal: `AbortSignal.timeout` gives it as the cause of an `AbortError`. */
function timeoutIn(error: unknown): unknown {
  const cause = dataAt(error, 'cause');
  return cause instanceof DOMException && cause.name === 'TimeoutError' ? cause : undefined;
}

/** The request's own timeout, for which Node has no error. */
function timedOut(): Error {
  return Object.assign(new Error('The request timed out'), { code: 'ETIMEDOUT' });
}
