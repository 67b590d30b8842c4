import type { Baseline } from '../../model/baseline.js';
import type { AssembledTrace } from '../trace/assemble.js';

/** What a trace is compared with. */
export interface Related {
  /** `null`: the store keeps none. */
  baseline: Baseline | null;
  /** Other traces of the same contact that were at work at the same time, or just before or after. */
  neighbours: readonly AssembledTrace[];
}
