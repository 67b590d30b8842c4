import { currentRef } from '../../context/trace-context.js';
import { reportInternalError, type TraceRecorder, type TraceRef } from '../../context/recorder.js';
import { processShared } from '../../model/process-shared.js';

interface SharedRecorders {
  /** Recorders whose application has `capture.ai`. */
  readonly recorders: Set<TraceRecorder>;
  /** Ends the registrations with the libraries. */
  stop: (() => void) | undefined;
}

/**
 * The libraries have one registry per process, and copies of this package share one registration in it: with one each, every
 * call would be recorded twice.
 */
const shared = processShared<SharedRecorders>('ai-libraries.v1', () => ({ recorders: new Set(), stop: undefined }));

/** Adds a recorder. The first one registers with the libraries; the returned function of the last one ends that. */
export function addRecorder(recorder: TraceRecorder, register: () => () => void): () => void {
  shared.recorders.add(recorder);
  shared.stop ??= register();
  return () => {
    if (!shared.recorders.delete(recorder) || shared.recorders.size > 0) return;
    shared.stop?.();
    shared.stop = undefined;
  };
}

/** The trace that this code runs in, if its application records the runs of libraries. */
export function tracedRef(): TraceRef | undefined {
  const ref = currentRef();
  return ref !== undefined && shared.recorders.has(ref.recorder) ? ref : undefined;
}

/** Calls one of our hooks. What it throws is counted for the trace `ref`, and never reaches the library. */
export function guarded<T>(ref: TraceRef | undefined, where: string, hook: () => T): T | undefined {
  try {
    return hook();
  } catch (error) {
    if (ref !== undefined) reportInternalError(ref.recorder, where, error);
    return undefined;
  }
}
