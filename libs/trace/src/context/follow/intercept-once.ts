import { methodOf, shadowMethod } from './method-of.js';
import type { Method } from './method-of.js';
import { NOTHING } from '../recorder.js';
import { LazySettlement } from './step.js';
import type { Step } from './step.js';

/** Calls `method` on `self` for a use that is followed by `step`. */
export type Use = (step: Step, method: Method, self: unknown, args: unknown[]) => unknown;

const covered = new WeakMap<object, LazySettlement>();

/**
 * Follows the first call of a method that starts the work of a result (`then`, `subscribe`), if it comes in this turn. The
 * object stays the caller's own: its method is covered until then, and is afterwards as it was.
 */
export function interceptOnce(object: object, key: 'then' | 'subscribe', step: Step, use: Use): void {
  const method = methodOf(object, key);
  const before = covered.get(object);
  if (method === undefined || before !== undefined) {
    if (before?.join(step) !== true) step.succeed(NOTHING);
    return;
  }
  let takeOff: (() => void) | undefined;
  const uncover = (): void => {
    covered.delete(object);
    takeOff?.();
  };
  const first = new LazySettlement(step, uncover);
  takeOff = shadowMethod(object, key, function (this: unknown, ...args: unknown[]) {
    if (this !== object) return Reflect.apply(method, this, args as never[]);
    uncover();
    const used = first.take();
    return used === undefined ? Reflect.apply(method, this, args as never[]) : use(used, method, this, args);
  });
  if (takeOff !== undefined) covered.set(object, first);
  // A frozen one: nothing to see but that it was made.
  else first.take()?.succeed(NOTHING);
}
