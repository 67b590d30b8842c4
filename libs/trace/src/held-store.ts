import type { ConsumerHost } from './pipeline/consumer-host.js';
import type { TraceStore } from './store/port.js';

/** The store apart from Nest: a store of the application's own may have lifecycle hooks, which are not ours to call. */
export interface HeldStore {
  readonly store: TraceStore;
  /** Absent: the application has no consumers. */
  readonly consumers?: ConsumerHost;
}
