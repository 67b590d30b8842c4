import { types } from 'node:util';
import { followGenerator } from './follow-generator.js';
import { followObservable, isObservable } from './follow-observable.js';
import { followNewPromise, followPromise } from './follow-promise.js';
import { followThenable } from './follow-thenable.js';
import { NOTHING } from '../recorder.js';
import { settleWith } from './settle-with.js';
import type { Step } from './step.js';
import { followStream, isPlainData } from './streams/follow-stream.js';
import { applyInStore } from '../trace-context.js';

/**
 * Calls `fn` in the step's context and settles the step when the work behind its result is done. The result, or the
 * error, is the function's own: the same object (see `followResult`), neither awaited nor read.
 *
 * @param isNew the promises `fn` returns are new (it is an `async` function)
 */
export function runStep(
  step: Step,
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: unknown[],
  isNew: boolean,
): unknown {
  let result: unknown;
  try {
    result = applyInStore(step.store, fn, self, args);
  } catch (error) {
    step.fail(error);
    throw error;
  }
  if (typeof result !== 'object' || result === null) {
    step.succeed(result);
    return result;
  }
  return followResult(step, result, isNew);
}

/**
 * Settles the step when the work behind `result` is done. Returns `result`, or its replacement: for an Observable, and
 * for a new promise.
 */
export function followResult(step: Step, result: object, isNew: boolean): object {
  try {
    if (types.isPromise(result)) {
      step.shape = 'promise';
      if (isNew) return followNewPromise(result, step, settleWith);
      const onValue = (value: unknown) => settleWith(step, value);
      const onError = (error: unknown) => step.fail(error);
      if (!followPromise(result, onValue, onError)) followThenable(step, result);
    } else if (types.isProxy(result)) {
      // Reading a proxy runs user code.
      step.succeed(result);
    } else if (isPlainData(result) && !('then' in result)) {
      step.succeed(result);
    } else if (types.isGeneratorObject(result)) {
      step.shape = 'iterator';
      followGenerator(step, result);
    } else if (isObservable(result)) {
      step.shape = 'observable';
      return followObservable(step, result);
    } else if ('then' in result) {
      step.shape = 'promise';
      followThenable(step, result);
    } else if (!followStream(step, result)) {
      step.succeed(result);
    }
  } catch {
    // An object that throws when it is read (a proxy for a prototype): it is returned unread.
    step.succeed(NOTHING);
  }
  return result;
}
