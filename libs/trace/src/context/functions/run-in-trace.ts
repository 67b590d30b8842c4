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
 * Runs `fn` in a new trace (a cron job, a queue, a test), or continues the trace of a carrier: in that trace if it is still
 * active in this process, else in a new one that is linked to it. The trace stays open until the result of `fn` settles. An
 * error is recorded and thrown again. Without the module it only calls `fn`.
 *
 * The new trace is recorded in the application that has the module. If several of them run in this process, `fn` runs
 * without a trace, and a warning says so once: `TraceService.runInTrace` records in its own application.
 *
 * @returns the result of `fn`, the same object (with the two exceptions of `traced`)
 * @example
 * await runInTrace({ contactId: lead.id, type: 'cron' }, () => sofia.remind(lead));
 * await runInTrace(job.data.trace ?? { contactId: job.data.lead.id }, () => followUp(job));
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
 * Returns a function that always runs `fn` in the trace that is current now: for a callback that a pool, an emitter or a
 * batch calls later. If no trace is current now, `fn` always runs outside of traces: a wrong trace is worse than none.
 *
 * @example
 * pool.acquire(bindTrace((connection: Connection) => connection.insert(lead)));
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
 * Keeps the trace open until `promise` settles: for work that continues after the handler has returned. A rejection is
 * recorded as an error of the trace. Returns nothing, and does not copy the promise. Does nothing outside a trace.
 *
 * V8 counts a promise that is observed here as handled: a rejection that no other code handles is in the trace, and is not
 * reported as unhandled. V8 does not say whether it was handled before, and a report on a guess would end processes
 * because of errors that the application handles.
 *
 * @example
 * waitUntil(workflow.handle(message)); // the handler then answers 202; the trace ends when the work does
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
