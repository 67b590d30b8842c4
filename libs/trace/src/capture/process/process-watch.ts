import { currentRef } from '../../context/trace-context.js';
import type { TraceRef } from '../../context/recorder.js';
import { setImmediate } from '../../model/timers.js';
import { FlightRecorder } from '../trace/flight-recorder.js';
import { listenToRejections } from './rejection-listener.js';
import { ownData } from '../../serialize/serializer.js';
import { warnedRejection } from '../trace/warned-rejection.js';
import { EVENT } from '../../model/vocabulary.js';

const REJECTION = 'unhandledRejection';

/** Applications that run. One listener serves all: a process that makes many in its tests must not be warned of a leak. */
let watching = 0;
let stopListening: (() => void) | undefined;

/** The rejection that the monitor was told of last: in `strict` mode Node goes on to tell listeners of it. */
let monitored: unknown;
/** Traces with a rejection that is recorded, until the turn is over: Node may still warn of the same one. */
const recorded = new Set<string>();

/**
 * Records what no code of the application caught, in the trace it came from, right before Node does with it what it would
 * do anyway. A listener for uncaught exceptions or rejections counts as handling them, and would keep a process alive that
 * is meant to die; so this goes by what counts for nothing:
 *
 * - the monitor, which is told of uncaught exceptions and, where they are fatal (`--unhandled-rejections` is `throw`, the
 *   default, or `strict`), of unhandled rejections;
 * - a listener beside the application's own, and where the command line says that listeners decide nothing;
 * - the warning that is left in the modes `warn` and `warn-with-error-code`: it has the error's text only.
 *
 * What remains unseen: a rejection with no listener in mode `none`, where that mode comes from `NODE_OPTIONS`.
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
  const told = monitored;
  monitored = undefined;
  if (!isSame(told, reason)) recordRejection(reason);
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

/** The monitor is given an error that stands for a reason that is none. */
function isSame(error: unknown, reason: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return error === reason || ownData(error, 'code') === 'ERR_UNHANDLED_REJECTION';
}

/** What throws in these listeners would be the application's next uncaught exception. */
function harmless<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch (error) {
      currentTrace()?.recorder.internalError('process watch', error);
    }
  };
}
