import { Observable, Subscriber } from 'rxjs';
import { interceptOnce } from './intercept-once.js';
import type { Use } from './intercept-once.js';
import { methodOf } from './method-of.js';
import type { Method } from './method-of.js';
import { NOTHING } from '../recorder.js';
import { LazySettlement } from './step.js';
import type { Step } from './step.js';
import { currentStore, runInStore } from '../trace-context.js';

/** Whether a value is an Observable of RxJS, of any copy of the package. Runs no getter. */
export function isObservable(value: object): boolean {
  return (
    'subscribe' in value &&
    'lift' in value &&
    methodOf(value, 'subscribe') !== undefined &&
    methodOf(value, 'pipe') !== undefined
  );
}

/**
 * Settles a step per subscription: with the last value on completion, the error, or cancelled when it is unsubscribed.
 * The returned object replaces the given one.
 */
export function followObservable(step: Step, source: object): object {
  const subscribe = methodOf(source, 'subscribe') as Method;
  if (isPlain(source)) {
    const first = new LazySettlement(step);
    return Object.create(source, {
      subscribe: {
        configurable: true,
        writable: true,
        value: function subscribeInTrace(...args: unknown[]) {
          const used = first.take();
          return used === undefined
            ? Reflect.apply(subscribe, source, args as never[])
            : subscribeIn(used, subscribe, source, args);
        },
      },
    }) as object;
  }
  followGivenObservable(step, source);
  return source;
}

/**
 * Follows the first subscription of an Observable that must stay the same object. A Subject or another subclass has state,
 * perhaps private, and may be shared: a copy would split that state, and a lasting replacement of `subscribe` would follow
 * subscriptions of other code. An Observable that a promise resolves to cannot be replaced.
 */
export function followGivenObservable(step: Step, source: object): void {
  interceptOnce(source, 'subscribe', step, subscribeIn);
}

/** Exactly an `Observable`: it has no changing state, so an object that inherits from it behaves the same. */
function isPlain(source: object): boolean {
  const prototype = Object.getPrototypeOf(source) as object;
  return Object.hasOwn(prototype, 'subscribe') && Object.hasOwn(prototype, 'lift') && Object.hasOwn(prototype, 'pipe');
}

const subscribeIn: Use = (step, subscribe, source, args) => {
  const caller = currentStore();
  const followed = new Observable<unknown>((down) => {
    let last: unknown = NOTHING;
    // Operators after ours are the caller's work and run in the caller's context.
    const inner = new Subscriber<unknown>({
      next(value) {
        last = value;
        runInStore(caller, next, down, value);
      },
      error(error: unknown) {
        step.fail(error);
        runInStore(caller, () => down.error(error));
      },
      complete() {
        step.succeed(last);
        runInStore(caller, () => down.complete());
      },
    });
    // Linked before the source emits, so that `take(1)` stops an endless synchronous source.
    down.add(inner);
    inner.add(() => step.cancel());
    runInStore(step.store, Reflect.apply<unknown, unknown[], unknown>, subscribe as never, source, [inner]);
  });
  return Reflect.apply(followed.subscribe as Method, followed, args as never[]);
};

function next(down: Subscriber<unknown>, value: unknown): void {
  down.next(value);
}
