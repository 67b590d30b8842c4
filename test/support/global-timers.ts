/**
 * Replaces `model/timers.ts` in a spec that moves time by hand: each function calls the current global, which Jest's
 * fake timers replace. In the product these names are the machine's own timers.
 */
export const globalTimers = {
  setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args),
  clearTimeout: (timer: NodeJS.Timeout | undefined) => clearTimeout(timer),
  setInterval: (...args: Parameters<typeof setInterval>) => setInterval(...args),
  clearInterval: (timer: NodeJS.Timeout | undefined) => clearInterval(timer),
  setImmediate: (...args: Parameters<typeof setImmediate>) => setImmediate(...args),
  clearImmediate: (timer: NodeJS.Immediate | undefined) => clearImmediate(timer),
  nextTick: (work: () => void) => process.nextTick(work),
  performance: { now: () => performance.now(), timeOrigin: performance.timeOrigin },
  wallNow: () => Date.now(),
};
