import { types } from 'node:util';
import { methodOf } from './method-of.js';

type Settled = (value: unknown) => void;

const PLAIN = Promise.prototype;
// Taken before anybody patches it, and free of what a patch does.
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
  if (watched.has(promise)) {
    followAs(promise, prototype, onValue, onError);
    return true;
  }
  const then = methodOf(promise, 'then');
  if (then === undefined || !isNativeThen(then) || Object.hasOwn(promise, 'constructor')) return false;
  return followAs(promise, prototype, onValue, onError);
}

/**
 * `then` of a subclass makes another instance of it (`Symbol.species`), running its constructor. For the length of the
 * call the promise is a plain one, which makes a plain one.
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

/** Promises that were followed from birth and that nobody has asked for yet; the value is what is rejected in their place. */
const watched = new WeakMap<Promise<unknown>, Promise<never> | undefined>();

/**
 * Whoever awaits a promise, or calls its `then`, `catch` or `finally`, reads its `constructor` first (ECMAScript's
 * PromiseResolve and SpeciesConstructor). A prototype with a getter there tells us, without a trace on the promise
 * itself and without slowing other promises: an own `constructor` would end V8's species protector for all of them.
 */
const watchedPrototype = Object.create(PLAIN, {
  constructor: {
    configurable: true,
    get(this: Promise<unknown>) {
      if (watched.has(this)) unwatch(this);
      return Promise;
    },
  },
}) as object;

/**
 * Follows a promise that nobody else can have seen yet: what an `async` function has just answered.
 *
 * Following counts as handling for the engine, so a rejection that the application forgot would go unnoticed; passing it
 * on always would report ones that the application handles. Here it is known whether somebody did: if not, a rejection
 * takes the promise's place and Node reports that one, with the same reason and at the same moment, and takes it back
 * (`rejectionHandled`) when somebody comes late.
 */
export function followNewPromise(promise: Promise<unknown>, onValue: Settled, onError: Settled): boolean {
  if (Object.getPrototypeOf(promise) !== PLAIN || watched.has(promise)) return followPromise(promise, onValue, onError);
  const followed = followPromise(
    promise,
    (value) => {
      if (watched.has(promise)) unwatch(promise);
      onValue(value);
    },
    (error) => {
      onError(error);
      if (watched.has(promise)) watched.set(promise, rejected(error));
    },
  );
  if (followed && Reflect.setPrototypeOf(promise, watchedPrototype)) watched.set(promise, undefined);
  return followed;
}

function rejected(error: unknown): Promise<never> {
  return Promise.reject(error);
}

function unwatch(promise: Promise<unknown>): void {
  const inItsPlace = watched.get(promise);
  watched.delete(promise);
  Reflect.setPrototypeOf(promise, PLAIN);
  if (inItsPlace !== undefined) void nativeThen.call(inItsPlace, undefined, ignore);
}

function ignore(): void {}

/** Whether a function is written `async`, so that each promise it answers is new. */
export function answersNewPromises(fn: object): boolean {
  return types.isAsyncFunction(fn);
}
