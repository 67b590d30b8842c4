import type { StoreInstance } from '../model/health.js';
import type { TraceStore } from '../store/port.js';
import type { OwnWrites } from './own-writes.js';
import type { Reach } from './reach.js';

/** What the parts of a shared store have in common. */
export interface SharedParts {
  readonly local: TraceStore;
  readonly remote: TraceStore;
  readonly instance: string;
  readonly reach: Reach;
  readonly writes: OwnWrites;
  /** What an answer without the shared store says. */
  readonly sentence: (error: unknown) => string;
  readonly self: () => Promise<StoreInstance>;
}
