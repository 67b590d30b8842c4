import { types } from 'node:util';
import { answersNewPromises } from '../follow/follow-promise.js';
import { followResult, runStep } from '../follow/follow-result.js';
import {
  reportInternalError,
  type TraceCarrier,
  type TraceRecorder,
  type TraceRef,
  type TraceStart,
} from '../recorder.js';
import { TraceHold } from '../follow/trace-hold.js';
import { copyFunctionMetadata } from './copy-function-metadata.js';
import { activeRecorder, currentRef, currentStore, runInStore } from '../trace-context.js';

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/**
 * Runs `fn` in a new trace (a cron job, a queue, a test), or in the trace of a carrier: continued if it is still active in this
 * process, linked from a new one otherwise. The trace stays open until the result of `fn` is settled. An error is recorded
 * and rethrown. Without the module, only calls `fn`.
 *
 * Outside a trace the application with the module records it. If several run in this process the call is ambiguous: `fn`
 * runs unrecorded, and one warning is logged. `TraceService.runInTrace` records in its own application.
 *
 * @returns the result of `fn`, the same object (with the two exceptions of `traced`)
 */
export function runInTrace<R>(startOrCarrier: TraceStart | TraceCarrier, fn: () => R): R {
  return typeof fn === 'function' ? runInTraceOf(activeRecorder(), startOrCarrier, fn) : (undefined as R);
}

/** `runInTrace` in the application of `recorder`; `undefined`: only calls `fn`. */
export function runInTraceOf<R>(
  recorder: TraceRecorder | undefined,
  startOrCarrier: TraceStart | TraceCarrier,
  fn: () => R,
): R {
  if (typeof fn !== 'function') return undefined as R;
  const step = recorder && startStep(recorder, startOrCarrier);
  return step === undefined ? fn() : (runStep(step, fn, undefined, [], answersNewPromises(fn)) as R);
}

function startStep(recorder: TraceRecorder, startOrCarrier: unknown): TraceHold | undefined {
  try {
    const start = typeof startOrCarrier === 'object' && startOrCarrier !== null ? startOrCarrier : {};
    return TraceHold.of(recorder.startTrace(start), 'runInTrace');
  } catch (error) {
    reportInternalError(recorder, 'runInTrace', error);
    return undefined;
  }
}

/**
 * Binds `fn` to the current context: for a callback that a pool, an emitter or a batch calls from elsewhere. Bound outside
 * every trace, it stays outside: a wrong trace is worse than none.
 */
export function bindTrace<F extends (...args: never[]) => unknown>(fn: F): F {
  if (typeof fn !== 'function') return fn;
  const store = currentStore();
  return copyFunctionMetadata(fn as AnyFunction, (self, args) =>
    currentStore() === store
      ? Reflect.apply(fn, self, args as never[])
      : runInStore(store, Reflect.apply<unknown, unknown[], unknown>, fn as never, self, args),
  ) as F;
}

/**
 * Holds the trace open until `promise` settles: for work that goes on after the handler returned. A rejection is recorded
 * as an error of the trace. The promise stays the caller's: it is neither awaited nor copied.
 *
 * For the engine, this handles the promise: a rejection that no other code handles is in the trace and is not reported as
 * unhandled. The engine does not show whether a promise was handled before, and reporting it on a guess would end processes
 * over handled errors.
 */
export function waitUntil(promise: PromiseLike<unknown>): void {
  const ref = currentRef();
  if (ref === undefined || !isSettling(promise)) return;
  const step = holdOf(ref);
  if (step !== undefined) followResult(step, promise, false);
}

function holdOf(ref: TraceRef): TraceHold | undefined {
  try {
    return TraceHold.of(ref, 'waitUntil');
  } catch (error) {
    reportInternalError(ref.recorder, 'waitUntil', error);
    return undefined;
  }
}

/** Values and streams have no end to wait for, so they hold nothing open. */
function isSettling(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return types.isPromise(value) || (!types.isProxy(value) && 'then' in value && !('subscribe' in value));
}
