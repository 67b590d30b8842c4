const BUSY = 0;
const SHUT = 1;
const WORDS = 2;

/**
 * Prevents that a thread is ended inside a native add-on. The optional SQLite package aborts the process when its thread
 * ends while a call creates its result (node-addon-api throws where nothing can be thrown any more): without the guard,
 * `process.exit(0)` ended with SIGABRT in 9 of 150 applications that were indexing traces.
 *
 * The thread notes in shared memory that it is in a call, and enters none once the guard is shut. The thread that ends it
 * shuts the guard first.
 */
export class TerminationGuard {
  private readonly words: Int32Array;

  /** @param shared memory of the guard in the other thread */
  constructor(readonly shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(shared);
  }

  /** Before a call. Does not return when the guard is shut: the thread is about to be ended. */
  enter(): void {
    Atomics.store(this.words, BUSY, 1);
    // `shut` stores and loads in the opposite order, so at least one of the two threads sees the other's value.
    if (Atomics.load(this.words, SHUT) === 0) return;
    this.leave();
    Atomics.wait(this.words, SHUT, 1);
  }

  /** After a call. */
  leave(): void {
    Atomics.store(this.words, BUSY, 0);
    if (Atomics.load(this.words, SHUT) !== 0) Atomics.notify(this.words, BUSY);
  }

  /** Prevents further calls. Waits for a running one for at most `forMs`. Returns whether none is running. */
  shut(forMs: number): boolean {
    Atomics.store(this.words, SHUT, 1);
    return Atomics.wait(this.words, BUSY, 1, forMs) !== 'timed-out';
  }
}
