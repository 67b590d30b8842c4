import { currentRef } from '../../context/trace-context.js';
import type { TraceRef } from '../../context/recorder.js';
import { setImmediate } from '../../model/timers.js';
import { EVENT } from '../../model/vocabulary.js';
import { FlightRecorder } from '../trace/flight-recorder.js';
import { listenToRejections } from './rejection-listener.js';
import { ownData } from '../../serialize/serializer.js';
import { warnedRejection } from '../trace/warned-rejection.js';

const REJECTION = 'unhandledRejection';

/** Running applications. They share one listener: tests that make many applications must cause no leak warning. */
let watching = 0;
let stopListening: (() => void) | undefined;

/** The last rejection that the monitor received: in `strict` mode Node then passes it to the listeners too. */
let monitored: unknown;
/** Traces with a recorded rejection, until the turn is over: Node may still warn about the same one. */
const recorded = new Set<string>();

/**
 * Records exceptions and rejections that the application did not catch, in the trace they came from, right before Node
 * handles them. A listener for uncaught exceptions or rejections counts as handling them, and would keep a process alive
 * that is meant to exit. So this uses only sources that Node ignores:
 *
 * - the monitor, which receives uncaught exceptions and, where they are fatal (`--unhandled-rejections` is `throw`, the
 *   default, or `strict`), unhandled rejections;
 * - a listener beside the application's own, or where the command line sets a mode in which listeners decide nothing;
 * - the warning in the modes `warn` and `warn-with-error-code`: it has the error's text only.
 *
 * Not recorded: a rejection with no listener in mode `none`, where that mode comes from `NODE_OPTIONS`.
 *
 * @returns stops it
 */
export function watchProcess(): () => void {
  watching += 1;
  if (watching === 1) {
    stopListening = listenToRejections(onRejection);
    process.on('uncaughtExceptionMonitor', onUncaught).on('warning', onWarning);
  }
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    watching -= 1;
    if (watching > 0) return;
    stopListening?.();
    process.off('uncaughtExceptionMonitor', onUncaught).off('warning', onWarning);
  };
}

const onUncaught = harmless((error: unknown, origin: string) => {
  if (origin !== REJECTION) return record(EVENT.uncaughtException, origin, error);
  monitored = error;
  recordRejection(error);
});

const onRejection = harmless((reason: unknown) => {
  const last = monitored;
  monitored = undefined;
  if (!isSame(last, reason)) recordRejection(reason);
});

const onWarning = harmless((warning: Error) => {
  const rejection = warnedRejection(warning);
  if (rejection && !recorded.has(currentTrace()?.key ?? ''))
    record(EVENT.unhandledRejection, REJECTION, rejection.reason);
});

function recordRejection(reason: unknown): void {
  const key = currentTrace()?.key;
  record(EVENT.unhandledRejection, REJECTION, reason);
  if (key !== undefined) recorded.add(key);
  setImmediate(() => {
    if (key !== undefined) recorded.delete(key);
    monitored = undefined;
  }).unref();
}

function record(event: string, origin: string, error: unknown): void {
  const ref = currentTrace();
  ref?.recorder.event(ref, event);
  ref?.recorder.error(ref, origin, error);
}

/** Another copy of this package in the process watches for itself. */
function currentTrace(): TraceRef | undefined {
  const ref = currentRef();
  return ref?.recorder instanceof FlightRecorder ? ref : undefined;
}

/** In place of a reason that is no error, the monitor receives an error that Node made. */
function isSame(error: unknown, reason: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return error === reason || ownData(error, 'code') === 'ERR_UNHANDLED_REJECTION';
}

/** An error thrown in these listeners would be the application's next uncaught exception. */
function harmless<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      currentTrace()?.recorder.internalError('process watch', error);
    }
  };
}
