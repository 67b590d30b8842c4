import type { JournalPosition } from '../journal/write/writer.js';
import type { Shipper } from './shipper.js';

/** Milliseconds that a question waits for its own process's records. A trace of ten events takes 3.5 at the median. */
const FLUSH_MS = 300;

/** Brings what this process recorded into the shared store before a question is asked there. */
export class OwnWrites {
  private reached = '';
  private flushing: { position: string; done: Promise<boolean> } | undefined;

  /** @param position up to where this process has written; `undefined`: it has written nothing */
  constructor(
    private readonly shipper: Shipper,
    private readonly position: () => JournalPosition | undefined,
  ) {}

  /**
   * Whether the shared store has all that was recorded before the call. Nothing is asked when nothing was recorded since
   * the last time, and questions that come together wait for one flush.
   */
  async flush(): Promise<boolean> {
    const at = this.position();
    const position = at ? `${at.segment}:${at.offset}` : '';
    if (position === this.reached) return true;
    // It would be waited for in vain.
    if (!this.shipper.state.connected) return false;
    if (this.flushing?.position !== position) this.flushing = { position, done: this.shipper.flush(FLUSH_MS) };
    const { flushing } = this;
    const done = await flushing.done;
    if (this.flushing === flushing) this.flushing = undefined;
    if (done) this.reached = position;
    return done;
  }
}
