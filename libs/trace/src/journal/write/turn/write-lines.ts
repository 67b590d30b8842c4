import { fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { NEWLINE } from '../../codec/format.js';

/** What became of lines that were to be appended. */
export interface WrittenLines {
  /** End of the lines that are in the file, in the buffer. */
  end: number;
  /** The error of the file system. Absent: all lines are in the file. */
  error?: unknown;
  /** The file ends in a part of a line that could not be removed. */
  isTorn: boolean;
}

/** Appends the whole lines in `bytes[from, to)` to a file with one write. After an error the file holds whole lines only. */
export function writeLines(fd: number, bytes: Buffer, from: number, to: number): WrittenLines {
  let at = from;
  try {
    // With a full disk or a file-size limit a part is written without an error.
    while (at < to) at += writeSync(fd, bytes, at, to - at);
    return { end: to, isTorn: false };
  } catch (error) {
    const end = at === from ? from : Math.max(from, bytes.lastIndexOf(NEWLINE, at - 1) + 1);
    return { end, error, isTorn: at > end && !takeBack(fd, at - end) };
  }
}

/** Relative to the file's end, which is another place than expected if another program changed the file. */
function takeBack(fd: number, bytes: number): boolean {
  try {
    ftruncateSync(fd, Math.max(0, fstatSync(fd).size - bytes));
    return true;
  } catch {
    return false;
  }
}

/** Number of lines in `bytes[from, to)`. */
export function countLines(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
