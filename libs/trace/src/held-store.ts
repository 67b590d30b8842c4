import type { ConsumerHost } from './pipeline/consumer-host.js';
import type { TraceStore } from './store/port.js';

/** Hides the store from Nest, which would call the lifecycle hooks of an application's own store. */
export interface HeldStore {
  readonly store: TraceStore;
  /** Absent: the application has no consumers. */
  readonly consumers?: ConsumerHost;
}
