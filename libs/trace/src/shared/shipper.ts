import type { PendingErasure } from './ship-target.js';

/** How far the journal of a directory is in the shared store, as this process knows it. */
export interface ShippingState {
  /** The shared store answered the last time it was called. */
  connected: boolean;
  /** Since when, in milliseconds since the epoch. */
  sinceMs: number;
  /** Bytes of the directory that it has not got. */
  lagBytes: number;
  /** Age of the oldest of them in milliseconds; 0: there are none. */
  lagMs: number;
  /** Bytes that were deleted before it got them. */
  lostBytes: number;
  lastError: string | null;
}

/** Brings the journal into the shared store, in a thread of its own. Never throws, and does not keep the process alive. */
export interface Shipper {
  readonly state: ShippingState;
  /** Whether all that this process had recorded at the call is in the shared store, `withinMs` milliseconds later at most. */
  flush(withinMs: number): Promise<boolean>;
  /**
   * Called with erasures of other instances. When it resolves, the directory has nothing of the contact any more.
   * One listener; a second one replaces it.
   */
  onErasure(listener: (erasure: PendingErasure) => Promise<void>): void;
  /** Ships the rest, for `withinMs` milliseconds at most, and ends. Call it when the journal is sealed. */
  close(withinMs: number): Promise<void>;
}
