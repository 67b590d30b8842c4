/** The file that gathered lines go to. */
export interface GatherTarget {
  readonly fd: number;
  /** Ends the part of a line at the file's end, if there is one. `gathered`: bytes that are not in the file yet. */
  mend(gathered: number): void;
  /** The file ends in a part of a line. */
  tear(): void;
}

/** Lines that wait for one write. They leave it only into the file, in order; a failed write keeps the rest. */
export interface GatherBuffer {
  /** Number of gathered bytes. */
  readonly size: number;
  /** Number of gathered lines. */
  readonly lines: number;
  /** Whether a line of this length can be gathered now; a longer one is written by itself. */
  hasRoom(length: number): boolean;
  /** Gathers the first `length` bytes of `line`, for which there must be room. */
  put(line: Buffer, length: number): void;
  /** Writes the gathered lines. Throws what the file system throws; the lines that are not in the file then stay. */
  flush(target: GatherTarget): void;
  /** A copy of the gathered lines, which go to another file. Nothing else writes them any more. */
  take(): Buffer;
  /** Forgets the gathered lines. */
  clear(): void;
  /** From now on lines are gathered for this file. Nothing may be gathered. Missing where only `flush` needs the file. */
  use?(fd: number): void;
}
