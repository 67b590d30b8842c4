import type { ConformanceCase } from './conformance-case.js';
import { GENERATORS } from './generators.js';
import { NODE_STREAMS } from './node-streams.js';
import { OBSERVABLES } from './observables.js';
import { PLAIN_RESULTS } from './plain-results.js';
import { PROMISES } from './promises.js';
import { SDK_STREAMS } from './sdk-streams.js';
import { THENABLES } from './thenables.js';
import { WEB_STREAMS } from './web-streams.js';

/** All that a wrapper which records spans must leave as it was, and must record rightly. */
export const DECORATOR_CONFORMANCE: readonly ConformanceCase[] = [
  ...PLAIN_RESULTS,
  ...PROMISES,
  ...THENABLES,
  ...GENERATORS,
  ...OBSERVABLES,
  ...SDK_STREAMS,
  ...NODE_STREAMS,
  ...WEB_STREAMS,
];
