/** A process that writes records into a directory. */
export interface Writer {
  /** UUID, the same for the life of the process. */
  readonly id: string;
  /** Number of the process's first segment, unique in the directory. */
  readonly number: number;
}

/** Processes of one directory that the microseconds of trace ids keep apart. */
export const SLOTS = 64;

/**
 * The part before the dash of the keys of a process's traces, such as `12x2k9f0a1b`: the writer's number, `x`, and the
 * first 40 bits of its UUID in base 36. Two hosts with directories of their own both have a writer 1; the bits keep their
 * keys apart.
 */
export function keyPrefix({ id, number }: Writer): string {
  const bits = Number.parseInt(id.slice(0, 8) + id.slice(9, 11), 16);
  return `${number}x${bits.toString(36).padStart(8, '0')}`;
}

/** Number of the process whose trace has this key; NaN for text that is no key. */
export function writerNumber(key: string): number {
  return Number.parseInt(key, 10);
}

/** The remainder by `SLOTS` of every instant that a process gives to a trace: the last 6 bits of its UUID. */
export function slotOf({ id }: Writer): number {
  return Number.parseInt(id.slice(-2), 16) % SLOTS;
}
