import { currentRef } from '../context/trace-context.js';
import { FlightRecorder } from './flight-recorder.js';

/** Applications that run. One listener serves all: a process that makes many in its tests must not be warned of a leak. */
let watching = 0;

/**
 * Records what no code of the application caught, in the trace it came from, right before Node does with it what it would
 * do anyway. Only the monitor is listened to: it is told of uncaught exceptions and, where they are fatal
 * (`--unhandled-rejections` is `throw`, the default, or `strict`), of unhandled rejections. A listener for those
 * themselves would count as handling them, and keep a process alive that is meant to die.
 *
 * @returns stops it
 */
export function watchProcess(): () => void {
  watching += 1;
  if (watching === 1) process.on('uncaughtExceptionMonitor', record);
  let stopped = false;
  return () => {
    if (stopped) return;
    stopped = true;
    watching -= 1;
    if (watching === 0) process.off('uncaughtExceptionMonitor', record);
  };
}

function record(error: unknown, origin: string): void {
  const ref = currentRef();
  // Another copy of this package in the process watches for itself.
  if (!(ref?.recorder instanceof FlightRecorder)) return;
  ref.recorder.event(ref, origin === 'unhandledRejection' ? 'unhandled_rejection' : 'uncaught_exception');
  ref.recorder.error(ref, origin, error);
}
