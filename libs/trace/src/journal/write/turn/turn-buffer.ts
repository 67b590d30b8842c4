import type { GatherBuffer, GatherTarget } from '../gather-buffer.js';
import { CAPACITY_BYTES, makeSharedState, MAX_GATHERED_BYTES, OWNER, viewsOf, WORD } from './shared-state.js';
import { Watchdog } from './watchdog.js';
import { countLines, writeLines } from './write-lines.js';

/** Between two looks at a lock that the watchdog holds, in milliseconds; the watchdog wakes the waiting thread as well. */
const LOCK_LOOK_MS = 5;
/**
 * Longest wait for that lock, in milliseconds. The watchdog holds it for one write, which on a slow disk blocks the
 * recording thread in the same way; only a thread that died in its write keeps it longer.
 */
const MAX_LOCK_MS = 5_000;

/** The watchdog did not release the segment in time. */
class WatchdogBusy extends Error {
  readonly code = 'watchdog_busy';
}

/**
 * Lines that were recorded in this turn of the event loop and are not in the segment yet, in memory that the watchdog's
 * thread writes from when this thread does not. Lines leave it only into the file, in order; a failed write keeps them.
 */
export class TurnBuffer implements GatherBuffer {
  readonly watchdog: Watchdog;
  private readonly words: Int32Array;
  private readonly bytes: Buffer;
  /** This thread's copy of the shared word: a plain read is faster. */
  private head = 0;
  private isStarted = false;

  /** @param code of the watchdog's thread. Default: the built one */
  constructor(code?: string) {
    const memory = makeSharedState();
    const { words, bytes } = viewsOf(memory);
    this.words = words;
    this.bytes = bytes;
    this.watchdog = new Watchdog(memory, words, () => this.releaseLock(), code);
  }

  /** Whether enough is gathered to be written before the turn ends. */
  get isDue(): boolean {
    return this.head >= MAX_GATHERED_BYTES;
  }

  /** Nothing waits for a write, and the memory is used from its beginning. */
  get isEmpty(): boolean {
    return this.head === 0;
  }

  /** The watchdog may be about to write them. */
  get size(): number {
    return this.head === 0 ? 0 : this.head - Atomics.load(this.words, WORD.tail);
  }

  get lines(): number {
    return this.size === 0 ? 0 : countLines(this.bytes, Atomics.load(this.words, WORD.tail), this.head);
  }

  hasRoom(length: number): boolean {
    return this.head + length <= CAPACITY_BYTES;
  }

  put(line: Buffer, length: number): void {
    const { words } = this;
    line.copy(this.bytes, this.head, 0, length);
    this.head += length;
    Atomics.store(words, WORD.head, this.head);
    if (Atomics.load(words, WORD.asleep) === 1) this.wake();
  }

  flush(target: GatherTarget): void {
    if (this.head === 0) return;
    const { words } = this;
    Atomics.add(words, WORD.flushes, 1);
    this.locked(() => {
      const tail = Atomics.load(words, WORD.tail);
      if (tail < this.head) {
        if (Atomics.load(words, WORD.torn) === 1) target.tear();
        target.mend(this.head - tail);
        Atomics.store(words, WORD.torn, 0);
        const { end, error, isTorn } = writeLines(target.fd, this.bytes, tail, this.head);
        Atomics.store(words, WORD.tail, end);
        if (isTorn) target.tear();
        if (error !== undefined) throw error;
      }
      this.empty();
    });
  }

  take(): Buffer {
    // Keeps the watchdog from writing them.
    this.locked(() => Atomics.store(this.words, WORD.failed, 1));
    return Buffer.from(this.bytes.subarray(Atomics.load(this.words, WORD.tail), this.head));
  }

  clear(): void {
    this.locked(() => this.empty());
  }

  use(fd: number): void {
    this.locked(() => Atomics.store(this.words, WORD.descriptor, fd));
    if (this.isStarted) return;
    this.isStarted = true;
    this.watchdog.start();
  }

  private wake(): void {
    // The other thread resets it too, when it wakes.
    if (Atomics.exchange(this.words, WORD.asleep, 0) === 1) Atomics.notify(this.words, WORD.asleep);
  }

  private empty(): void {
    this.head = 0;
    // The watchdog reads the two without the lock to decide whether to look: it must not see more head than tail here.
    Atomics.store(this.words, WORD.head, 0);
    Atomics.store(this.words, WORD.tail, 0);
    Atomics.store(this.words, WORD.failed, 0);
  }

  private locked(work: () => void): void {
    this.lock();
    try {
      work();
    } finally {
      Atomics.store(this.words, WORD.lock, OWNER.none);
    }
  }

  private lock(): void {
    const { words } = this;
    for (let waited = 0; Atomics.compareExchange(words, WORD.lock, OWNER.none, OWNER.recorder) !== OWNER.none;) {
      if (waited >= MAX_LOCK_MS) throw new WatchdogBusy('the watchdog holds the segment');
      Atomics.wait(words, WORD.lock, OWNER.watchdog, LOCK_LOOK_MS);
      waited += LOCK_LOOK_MS;
    }
  }

  /** The watchdog's thread is gone: what it held is free again. */
  private releaseLock(): void {
    Atomics.store(this.words, WORD.asleep, 0);
    Atomics.compareExchange(this.words, WORD.lock, OWNER.watchdog, OWNER.none);
  }
}
