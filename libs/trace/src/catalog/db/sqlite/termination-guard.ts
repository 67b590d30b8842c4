const BUSY = 0;
const SHUT = 1;
const WORDS = 2;

/**
 * What keeps a thread from being ended inside of a native add-on. The optional SQLite package aborts the process when its
 * thread ends while a call makes its answer (node-addon-api throws where nothing can be thrown any more): the
 * application's `process.exit(0)` would end with SIGABRT, about once in a hundred times where traces are being indexed.
 *
 * The thread says when it is in a call, and enters none once the gate is shut; whoever ends it shuts the gate first.
 */
export class TerminationGuard {
  private readonly words: Int32Array;

  /** @param shared what another gate, of another thread, stands on too */
  constructor(readonly shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(shared);
  }

  /** Before a call. Does not return when the gate is shut: the thread is about to be ended. */
  enter(): void {
    Atomics.store(this.words, BUSY, 1);
    // In this order, and the other way round in `shut`: one of the two threads sees what the other has stored.
    if (Atomics.load(this.words, SHUT) === 0) return;
    this.leave();
    Atomics.wait(this.words, SHUT, 1);
  }

  /** After a call. */
  leave(): void {
    Atomics.store(this.words, BUSY, 0);
    if (Atomics.load(this.words, SHUT) !== 0) Atomics.notify(this.words, BUSY);
  }

  /** Lets nobody in any more. Answers whether nobody is inside, after having waited for that for at most so long. */
  shut(forMs: number): boolean {
    Atomics.store(this.words, SHUT, 1);
    return Atomics.wait(this.words, BUSY, 1, forMs) !== 'timed-out';
  }
}
