import { types } from 'node:util';
import { methodOf } from './method-of.js';
import type { Step } from './step.js';

type Settled = (value: unknown) => void;

const PLAIN = Promise.prototype;
// Read before a library patches it.
const nativeThen = Promise.prototype.then;

/**
 * Calls `onValue` or `onError` when a native promise settles. `false` when that cannot be done without calling user
 * code: a `then` of the application's own, which may start the work (lazy promises) or count its calls.
 *
 * Neither callback may throw.
 */
export function followPromise(promise: Promise<unknown>, onValue: Settled, onError: Settled): boolean {
  const prototype = Object.getPrototypeOf(promise) as object | null;
  if (prototype === PLAIN && !Object.hasOwn(promise, 'then') && !Object.hasOwn(promise, 'constructor')) {
    void nativeThen.call(promise, onValue, onError);
    return true;
  }
  const then = methodOf(promise, 'then');
  if (then === undefined || !isNativeThen(then) || Object.hasOwn(promise, 'constructor')) return false;
  return followAs(promise, prototype, onValue, onError);
}

/**
 * `then` of a subclass makes another instance of it (`Symbol.species`), running its constructor. During the
 * call the promise is a plain one, so `then` makes a plain one.
 */
function followAs(promise: Promise<unknown>, prototype: object | null, onValue: Settled, onError: Settled): boolean {
  if (!Reflect.setPrototypeOf(promise, PLAIN)) return false;
  void nativeThen.call(promise, onValue, onError);
  Reflect.setPrototypeOf(promise, prototype);
  return true;
}

const nativeThens = new WeakSet<object>([nativeThen]);

/** Promises of another realm (Node's own under Jest) have another `then`, native as well. */
function isNativeThen(then: object): boolean {
  if (nativeThens.has(then)) return true;
  const native = Function.prototype.toString.call(then) === 'function then() { [native code] }';
  if (native) nativeThens.add(then);
  return native;
}

/**
 * Follows the new promise of an `async` function, to which no other code has a reference. Returns the promise to use in its
 * place, which settles the same way one microtask later.
 *
 * A second listener, as `followPromise` adds one, has two costs: the engine treats the promise as handled, so that a
 * forgotten rejection is not reported; and V8 ends the `at async` lines of a stack at a promise with two listeners. A link
 * in the chain has neither cost, and the caller cannot distinguish the objects.
 *
 * @param settle settles the step with the promise's value; default: the step succeeds with it
 */
export function followNewPromise<T, S extends Pick<Step, 'succeed' | 'fail'>>(
  promise: Promise<T>,
  step: S,
  settle: (step: S, value: unknown) => void = succeedWith,
): Promise<T> {
  return nativeThen.call(
    promise,
    (value) => {
      settle(step, value);
      return value;
    },
    (error: unknown) => {
      step.fail(error);
      throw error;
    },
  ) as Promise<T>;
}

function succeedWith(step: Pick<Step, 'succeed'>, value: unknown): void {
  step.succeed(value);
}

/** Whether a function is written `async`, so that each promise it returns is new. */
export function answersNewPromises(fn: object): boolean {
  return types.isAsyncFunction(fn);
}
