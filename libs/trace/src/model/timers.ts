import perfHooks from 'node:perf_hooks';
import nodeProcess from 'node:process';
import nodeTimers from 'node:timers';

/**
 * Timers and clocks of the machine, for the package's own work. A test that installs fake timers replaces the globals, and
 * a trace would then never end. Jest replaces the globals of its sandbox only, so `node:timers` still has the real
 * functions when a test installs fakes before it loads this package. Sinon and `node:test` also replace the functions in
 * `node:timers`; this module reads them once, at module load, and takes back the original of a fake of sinon's.
 *
 * Import these names instead of the globals. `timers.spec.ts` checks the sources for uses of the globals.
 */
export const setTimeout: typeof globalThis.setTimeout = original('setTimeout');
export const clearTimeout: typeof globalThis.clearTimeout = original('clearTimeout');
export const setInterval: typeof globalThis.setInterval = original('setInterval');
export const clearInterval: typeof globalThis.clearInterval = original('clearInterval');
export const setImmediate: typeof globalThis.setImmediate = original('setImmediate');
/** Calls a function when the running callback and all promises that it settled are over, before other input and output. */
export const nextTick: (work: () => void) => void = kept(nodeProcess.nextTick, 'nextTick').bind(nodeProcess);

const clock = perfHooks.performance;
// Sinon puts its fake on the object itself. The prototype keeps the real method.
const { now: realNow } = Object.getPrototypeOf(clock) as Pick<typeof clock, 'now'>;

/** The monotonic clock, in milliseconds since the start of the process. */
export const performance: { now(): number; readonly timeOrigin: number } = {
  now: (realNow ?? clock.now).bind(clock),
  timeOrigin: clock.timeOrigin,
};

/** Wall time in whole milliseconds since the epoch, from the machine also while `Date` is a fake. */
export const wallNow: () => number = isNative(Date.now)
  ? Date.now.bind(Date)
  : () => Math.floor(performance.timeOrigin + performance.now());

/**
 * Resolves after `ms` milliseconds.
 * @param options `ref: false`: the wait does not keep the process alive. Default: it does.
 */
export function delay(ms: number, options: { ref?: boolean } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    if (options.ref === false) timer.unref();
  });
}

/** Resolves in the next turn of the event loop, after pending input and output. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

type TimerName = 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate';

function original<K extends TimerName>(name: K): (typeof globalThis)[K] {
  return kept(nodeTimers[name] as (typeof globalThis)[K], name);
}

/** Sinon's fake timers keep the function that they replaced in the clock, with an underscore before its name. */
function kept<T extends object>(current: T, name: string): T {
  const found = (current as { clock?: Record<string, unknown> }).clock?.[`_${name}`];
  return (typeof found === 'function' ? found : current) as T;
}

/** Node's own `Date.now` is native code, a fake one is not. */
function isNative(fn: () => number): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(fn));
}
