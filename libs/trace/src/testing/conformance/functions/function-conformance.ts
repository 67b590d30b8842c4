import type { ConformanceCase } from './conformance-case.js';
import { GENERATORS } from './generators.js';
import { NODE_STREAMS } from './node-streams.js';
import { OBSERVABLES } from './observables.js';
import { PLAIN_RESULTS } from './plain-results.js';
import { PROMISES } from './promises.js';
import { SDK_STREAMS } from './sdk-streams.js';
import { THENABLES } from './thenables.js';
import { WEB_STREAMS } from './web-streams.js';

/**
 * Cases for a wrapper of functions that records spans: it must keep the behaviour of the function and of its result, and
 * record input, output, error and duration. By the kind of result.
 */
export const FUNCTION_GROUPS: readonly (readonly [group: string, cases: readonly ConformanceCase[]])[] = [
  ['plain results', PLAIN_RESULTS],
  ['promises', PROMISES],
  ['thenables', THENABLES],
  ['generators', GENERATORS],
  ['Observables', OBSERVABLES],
  ['streams of model providers', SDK_STREAMS],
  ['Node’s streams', NODE_STREAMS],
  ['web streams', WEB_STREAMS],
];
