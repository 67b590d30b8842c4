import { methodOf, shadowMethod } from './method-of.js';
import { NOTHING } from './recorder.js';
import { FirstUse } from './step.js';
import type { Step } from './step.js';
import { currentStore, runInStore } from './trace-context.js';

type Callback = (value: unknown) => unknown;

/**
 * A thenable that is no native promise, such as a query builder: calling its `then` is what runs the query, so only the
 * caller may. Its `then` is covered until the first call, or the turn's end, and is found as it was afterwards. The work
 * it starts runs in the step's context, the caller's callbacks in the caller's.
 */
export function followThenable(step: Step, thenable: object): void {
  const then = methodOf(thenable, 'then');
  if (then === undefined) {
    step.succeed(NOTHING);
    return;
  }
  let uncover: (() => void) | undefined;
  const first = new FirstUse(step, () => uncover?.());
  uncover = shadowMethod(thenable, 'then', function (this: unknown, ...args: unknown[]) {
    uncover?.();
    const used = this === thenable ? first.take() : undefined;
    return used === undefined ? Reflect.apply(then, this, args) : thenIn(used, then, this, args);
  });
  // A frozen one: nothing to see but that it was made.
  if (uncover === undefined) first.take()?.succeed(NOTHING);
}

function thenIn(step: Step, then: (...args: never[]) => unknown, self: unknown, args: unknown[]): unknown {
  const caller = currentStore();
  const [onValue, onError, ...rest] = args;
  const settled = [
    (value: unknown) => {
      step.succeed(value);
      return typeof onValue === 'function' ? runInStore(caller, onValue as Callback, value) : value;
    },
    (error: unknown) => {
      step.fail(error);
      if (typeof onError === 'function') return runInStore(caller, onError as Callback, error);
      throw error;
    },
  ];
  try {
    return runInStore(step.store, Reflect.apply<unknown, unknown[], unknown>, then as never, self, [
      ...settled,
      ...rest,
    ]);
  } catch (error) {
    step.fail(error);
    throw error;
  }
}
