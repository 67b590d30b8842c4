const CLOSED = 1;
const OPEN = 0;

/**
 * Lets one nudge at a time through to the worker: while it is busy for minutes, in an erasure for example, an application at
 * its limit would queue a dozen messages a second for it. The two threads share one word of memory, so that no answer is
 * sent for a nudge.
 */
export class NudgeGate {
  private readonly word: Int32Array;

  /** @param shared memory of the gate in the other thread */
  constructor(readonly shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.word = new Int32Array(shared);
  }

  /** Returns whether a nudge may be sent: none is on its way. */
  close(): boolean {
    return Atomics.exchange(this.word, 0, CLOSED) === OPEN;
  }

  /** The nudge arrived, or was lost. What is written from now on needs another one. */
  open(): void {
    Atomics.store(this.word, 0, OPEN);
  }
}
