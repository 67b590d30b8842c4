import { interceptOnce } from './intercept-once.js';
import type { Use } from './intercept-once.js';
import { settleWith } from './settle-with.js';
import type { Step } from './step.js';
import { currentStore, runInStore } from '../trace-context.js';

type Callback = (value: unknown) => unknown;

/**
 * A thenable that is no native promise, such as a query builder: calling its `then` is what runs the query, so only the
 * caller may.
 */
export function followThenable(step: Step, thenable: object): void {
  interceptOnce(thenable, 'then', step, thenIn);
}

/** The work that `then` starts runs in the step's context, the caller's callbacks in the caller's. */
const thenIn: Use = (step, then, self, [onValue, onError, ...rest]) => {
  const caller = currentStore();
  const settled = [
    (value: unknown) => {
      settleWith(step, value);
      return typeof onValue === 'function' ? runInStore(caller, onValue as Callback, value) : value;
    },
    (error: unknown) => {
      step.fail(error);
      if (typeof onError === 'function') return runInStore(caller, onError as Callback, error);
      throw error;
    },
  ];
  try {
    return runInStore(step.store, Reflect.apply<unknown, never[], unknown>, then, self, [
      ...settled,
      ...rest,
    ] as never[]);
  } catch (error) {
    step.fail(error);
    throw error;
  }
};
