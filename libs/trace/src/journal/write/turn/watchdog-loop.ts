import { OWNER, QUIET_MS, WORD } from './shared-state.js';
import { writeLines } from './write-lines.js';

/** Looks in a row that find nothing before the thread sleeps until it is woken: 100 ms. A wake-up costs the recorder a system call. */
const IDLE_LOOKS = 20;

/**
 * The watchdog: writes the gathered lines when the recording thread has not written for `QUIET_MS`, because it hangs,
 * computes or runs out of memory. Returns when it is stopped. With nothing to write it waits without a time limit.
 */
export function runWatchdog(words: Int32Array, bytes: Buffer): void {
  let idle = 0;
  let seen = -1;
  while (Atomics.load(words, WORD.stop) === 0) {
    if (!hasLines(words)) {
      seen = -1;
      idle += 1;
      if (idle < IDLE_LOOKS) Atomics.wait(words, WORD.asleep, 0, QUIET_MS);
      else {
        sleep(words);
        idle = 0;
      }
      continue;
    }
    idle = 0;
    const flushes = Atomics.load(words, WORD.flushes);
    if (flushes === seen) rescue(words, bytes);
    seen = flushes;
    Atomics.wait(words, WORD.asleep, 0, QUIET_MS);
  }
}

/**
 * Writes the gathered lines, unless the recording thread writes at this moment or the last attempt failed.
 * @returns whether it wrote something
 */
export function rescue(words: Int32Array, bytes: Buffer): boolean {
  if (Atomics.load(words, WORD.failed) === 1) return false;
  if (Atomics.compareExchange(words, WORD.lock, OWNER.none, OWNER.watchdog) !== OWNER.none) return false;
  try {
    const head = Atomics.load(words, WORD.head);
    const tail = Atomics.load(words, WORD.tail);
    if (head <= tail || Atomics.load(words, WORD.torn) === 1) return false;
    const { end, error, isTorn } = writeLines(Atomics.load(words, WORD.descriptor), bytes, tail, head);
    Atomics.store(words, WORD.tail, end);
    if (error !== undefined) Atomics.store(words, WORD.failed, 1);
    if (isTorn) Atomics.store(words, WORD.torn, 1);
    Atomics.add(words, WORD.rescues, 1);
    return end > tail;
  } finally {
    Atomics.store(words, WORD.lock, OWNER.none);
    Atomics.notify(words, WORD.lock);
  }
}

function hasLines(words: Int32Array): boolean {
  return Atomics.load(words, WORD.head) !== Atomics.load(words, WORD.tail) && Atomics.load(words, WORD.failed) === 0;
}

/** The recorder stores `head`, then reads `asleep`; this stores `asleep`, then reads `head`: one of the two sees the other. */
function sleep(words: Int32Array): void {
  Atomics.store(words, WORD.asleep, 1);
  if (!hasLines(words) && Atomics.load(words, WORD.stop) === 0) Atomics.wait(words, WORD.asleep, 1);
  Atomics.store(words, WORD.asleep, 0);
}
