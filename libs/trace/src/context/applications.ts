import { Logger } from '@nestjs/common';
import { processShared } from '../model/process-shared.js';
import type { TraceRecorder } from './recorder.js';

/**
 * An application with the module, as the rest of the process sees it. Copies of the package share these objects, so
 * the members of version 1 stay as they are.
 */
export interface TraceApplication {
  /** The recorder of its new traces; `undefined` while recording is off. */
  recorder(): TraceRecorder | undefined;
  /** The `TraceQueries` behind its `/debug`. */
  queries(): object;
}

interface SharedApplications {
  /** By Nest's `ModulesContainer`; an application has one. */
  readonly byContainer: WeakMap<object, TraceApplication>;
  /** Recorders of applications under test. Calls outside every trace go to the newest. */
  readonly underTest: WeakSet<TraceRecorder>;
  /** Calls of the plain `runInTrace` that were not recorded because several applications run. */
  unplaced: number;
}

const shared = processShared<SharedApplications>('applications.v1', () => ({
  byContainer: new WeakMap(),
  underTest: new WeakSet(),
  unplaced: 0,
}));

/** The application of a container, whichever copy of the package it was made by; `undefined`: it records nothing. */
export function applicationOf(container: object): TraceApplication | undefined {
  return shared.byContainer.get(container);
}

/** Registers the application of a container. The first one stays. */
export function registerApplication(container: object, application: TraceApplication): void {
  if (!shared.byContainer.has(container)) shared.byContainer.set(container, application);
}

export function markUnderTest(recorder: TraceRecorder): void {
  shared.underTest.add(recorder);
}

/**
 * The recorder for work that belongs to no trace. With one application it is that one. With several it is
 * ambiguous: there is none, the call is counted, and the first one is logged. Applications under test often stay open in one
 * process, so the newest of them is used.
 */
export function soleRecorder(recorders: readonly TraceRecorder[]): TraceRecorder | undefined {
  if (recorders.length <= 1) return recorders[0];
  if (recorders.every((recorder) => shared.underTest.has(recorder))) return recorders.at(-1);
  shared.unplaced += 1;
  if (shared.unplaced === 1) warn(recorders.length);
  return undefined;
}

/** Number of calls that were not recorded because several applications run in this process. */
export function unplacedCalls(): number {
  return shared.unplaced;
}

function warn(applications: number): void {
  try {
    new Logger('TraceModule').warn(
      `runInTrace was called outside every trace, and ${applications} applications with TraceModule run in this process: ` +
        'the call is not recorded (logged once). Inject TraceService and call its runInTrace.',
    );
  } catch {
    // The application's logger threw. The call is counted.
  }
}
