import type { ConformanceCase } from './conformance-case.js';
import { GENERATORS } from './generators.js';
import { OBSERVABLES } from './observables.js';
import { PLAIN_RESULTS } from './plain-results.js';
import { PROMISES } from './promises.js';
import { THENABLES } from './thenables.js';

/** All that a wrapper which records spans must leave as it was, and must record rightly. */
export const DECORATOR_CONFORMANCE: readonly ConformanceCase[] = [
  ...PLAIN_RESULTS,
  ...PROMISES,
  ...THENABLES,
  ...GENERATORS,
  ...OBSERVABLES,
];
