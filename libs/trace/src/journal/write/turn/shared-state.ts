/** Words of the memory that the recording thread and its watchdog share. The gathered lines follow behind them. */
export const WORD = {
  /** The thread that writes to the segment now, one of `OWNER`. */
  lock: 0,
  /** End of the gathered bytes. Only the recording thread moves it. */
  head: 1,
  /** End of the bytes that are in the segment. Moved under the lock. */
  tail: 2,
  /** The segment's descriptor. Changed under the lock, while nothing is gathered. */
  descriptor: 3,
  /** Number of times that the recording thread wrote: the watchdog compares two looks. */
  flushes: 4,
  /** 1 while the watchdog waits to be woken; other waits of the watchdog are on this word too. */
  asleep: 5,
  /** 1: the watchdog ends. */
  stop: 6,
  /** 1: the watchdog's last write failed. The recording thread makes the next attempt, and counts. */
  failed: 7,
  /** 1: the file ends in a part of a line that could not be removed. */
  torn: 8,
  /** Number of times that the watchdog wrote, for tests and health. */
  rescues: 9,
} as const;

/** Values of `WORD.lock`. */
export const OWNER = { none: 0, recorder: 1, watchdog: 2 } as const;

/** Bytes of the words, with room for later ones. */
const HEADER_BYTES = 128;

/** At this number of gathered bytes they are written within the turn: a kill -9 must not cost more. */
export const MAX_GATHERED_BYTES = 256 * 1024;

/** Room for one more line behind the most that is gathered. A longer line is written by itself. */
export const CAPACITY_BYTES = 2 * MAX_GATHERED_BYTES;

/** Time without a write of the recording thread after which the watchdog writes, in milliseconds. */
export const QUIET_MS = 5;

/** New memory for one writer. */
export function makeSharedState(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + CAPACITY_BYTES);
}

/** The two views of the memory. */
export function viewsOf(memory: SharedArrayBuffer): { words: Int32Array; bytes: Buffer } {
  return { words: new Int32Array(memory, 0, HEADER_BYTES / 4), bytes: Buffer.from(memory, HEADER_BYTES) };
}
