import { methodOf, shadowMethod } from './method-of.js';
import type { Method } from './method-of.js';
import { NOTHING } from '../recorder.js';
import { LazySettlement } from './step.js';
import type { Step } from './step.js';

/** Calls `method` on `self` for a use that is followed by `step`. */
export type Use = (step: Step, method: Method, self: unknown, args: unknown[]) => unknown;

const intercepted = new WeakMap<object, LazySettlement>();

/**
 * Follows the first call of a method that starts the work of a result (`then`, `subscribe`), if it comes in this turn. The
 * object stays the caller's own: its method is replaced until then and restored afterwards.
 */
export function interceptOnce(object: object, key: 'then' | 'subscribe', step: Step, use: Use): void {
  const method = methodOf(object, key);
  const before = intercepted.get(object);
  if (method === undefined || before !== undefined) {
    if (before?.join(step) !== true) step.succeed(NOTHING);
    return;
  }
  let restore: (() => void) | undefined;
  const restoreAll = (): void => {
    intercepted.delete(object);
    restore?.();
  };
  const first = new LazySettlement(step, restoreAll);
  restore = shadowMethod(object, key, function (this: unknown, ...args: unknown[]) {
    if (this !== object) return Reflect.apply(method, this, args as never[]);
    restoreAll();
    const used = first.take();
    return used === undefined ? Reflect.apply(method, this, args as never[]) : use(used, method, this, args);
  });
  if (restore !== undefined) intercepted.set(object, first);
  // A frozen object: its use cannot be followed.
  else first.take()?.succeed(NOTHING);
}
