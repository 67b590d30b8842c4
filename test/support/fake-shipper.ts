import type { Shipper, ShippingState } from '../../libs/trace/src/shared/shipper.js';
import type { MemoryStore } from './memory-store.js';

/** Ships from one array to another when it is flushed. */
export class FakeShipper implements Shipper {
  readonly state: ShippingState = {
    connected: true,
    sinceMs: Date.now(),
    lagBytes: 0,
    lagMs: 0,
    lostBytes: 0,
    lastError: null,
  };
  /** Number of calls of `flush`. */
  flushes = 0;
  /** No flush is done in time. */
  stuck = false;
  private shipped = 0;

  constructor(
    private readonly from: MemoryStore,
    private readonly to: MemoryStore,
  ) {}

  async flush(): Promise<boolean> {
    this.flushes += 1;
    await Promise.resolve();
    if (this.stuck) return false;
    this.to.append(...this.from.records.slice(this.shipped));
    this.shipped = this.from.records.length;
    return true;
  }

  disconnect(reason: string): void {
    Object.assign(this.state, { connected: false, sinceMs: Date.now(), lastError: reason });
  }

  onErasure(): void {}

  async close(): Promise<void> {}
}
