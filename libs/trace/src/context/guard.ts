import type { TraceRecorder } from './recorder.js';

/**
 * The last line of "never throws into the application": recorders do not throw, but a defect in one must not become the
 * application's. Telling it of its own failure may fail as well.
 */
export function reportSelfError(recorder: TraceRecorder, where: string, error: unknown): void {
  try {
    recorder.internalError(where, error);
  } catch {
    // Nobody is left to tell.
  }
}

/** A text argument, whatever was passed. Only strings and other primitives: an object's `toString` is user code. */
export function textOf(value: unknown, fallback: string): string {
  if (typeof value === 'string') return value === '' ? fallback : value;
  if (value === null || value === undefined || typeof value === 'object' || typeof value === 'function')
    return fallback;
  return String(value);
}
