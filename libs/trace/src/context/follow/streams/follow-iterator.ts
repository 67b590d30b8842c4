import { types } from 'node:util';
import { followNewPromise, followPromise } from '../follow-promise.js';
import { methodOf, shadowMethod } from '../method-of.js';
import { interceptMethod, type Original } from './intercept-method.js';
import { dataAt } from './data-at.js';
import type { ReadingSource } from './stream-follower.js';
import type { Reading } from './stream-use.js';

type Settled = (value: unknown) => void;

/**
 * Reports what an async iterator gives to a reading. Its methods run in the reading's context; their results are the
 * iterator's own. An iterator without `return` gets one, so that a loop that leaves it is seen.
 *
 * @returns `false` when the object does not take other methods
 */
export function followIterator(
  reading: Reading,
  iterator: object,
  source: ReadingSource,
  wasAborted: () => boolean,
): boolean {
  const advance = (original: Original, givesUp: boolean, args: unknown[]): unknown => {
    if (reading.over) return original(args);
    const stepped: Settled = (result) => {
      if (dataAt(result, 'done') !== true) {
        if (!givesUp) reading.part(dataAt(result, 'value'));
      } else if (givesUp || wasAborted()) reading.leave();
      else reading.end();
    };
    const failed: Settled = (error) => reading.fail(error);
    let result: unknown;
    try {
      result = source.call(reading.store, original, [args]);
    } catch (error) {
      failed(error);
      throw error;
    }
    return followAnswer(result, stepped, failed);
  };

  if (interceptMethod(iterator, 'next', (original, args) => advance(original, false, args)) === undefined) return false;
  interceptMethod(iterator, 'throw', (original, args) => advance(original, false, args));
  if (methodOf(iterator, 'return') === undefined) shadowMethod(iterator, 'return', returnNothing);
  interceptMethod(iterator, 'return', (original, args) => advance(original, true, args));
  return true;
}

function returnNothing(value?: unknown): Promise<IteratorResult<unknown>> {
  return Promise.resolve({ done: true, value });
}

/** Calls `onValue` or `onError` with what a method of a stream answered, a value or a promise of one. */
export function followAnswer(answer: unknown, onValue: Settled, onError: Settled): unknown {
  if (!types.isPromise(answer)) {
    onValue(answer);
    return answer;
  }
  // A link in the chain leaves the report of a forgotten rejection to the application; see `followNewPromise`.
  if (Object.getPrototypeOf(answer) === Promise.prototype && !Object.hasOwn(answer, 'then'))
    return followNewPromise(answer, { succeed: onValue, fail: onError });
  followPromise(answer, onValue, onError);
  return answer;
}
