import { types } from 'node:util';
import { followGenerator } from './follow-generator.js';
import { followGivenObservable, isObservable } from './follow-observable.js';
import { NOTHING } from '../recorder.js';
import type { Step } from './step.js';
import { followStream, isPlainData } from './streams/follow-stream.js';

/** Settles the step with what its promise came to. A stream, or another result that works only when it is used, is followed. */
export function settleWith(step: Step, value: unknown): void {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || isPlainData(value)) {
    step.succeed(value);
    return;
  }
  try {
    if (types.isGeneratorObject(value)) {
      step.shape = 'iterator';
      followGenerator(step, value);
    } else if (isObservable(value)) {
      step.shape = 'observable';
      followGivenObservable(step, value);
    } else if (!followStream(step, value)) step.succeed(value);
  } catch {
    step.succeed(NOTHING);
  }
}
