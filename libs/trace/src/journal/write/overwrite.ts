import { closeSync, constants, fdatasyncSync } from 'node:fs';
import { NEWLINE } from '../codec/format.js';
import { openPrivate, writeWhole } from '../files/private-file.js';

/** A line to replace. `line`: its new bytes, exactly as many as before; left out, it becomes blank. */
export interface Overwrite {
  offset: number;
  length: number;
  line?: Buffer;
}

/**
 * Replaces lines where they lie, without moving any other: offsets in the catalog and positions of readers stay right,
 * also while the segment is being appended to. Synced to the disk before it returns.
 */
export function overwriteLines(path: string, lines: Iterable<Overwrite>): void {
  const fd = openPrivate(path, constants.O_RDWR);
  try {
    for (const { offset, length, line = blankLine(length) } of lines) {
      if (line.length !== length) throw new RangeError(`a line of ${length} bytes cannot become one of ${line.length}`);
      writeWhole(fd, line, offset);
    }
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function blankLine(length: number): Buffer {
  const line = Buffer.alloc(length, 0x20);
  line[length - 1] = NEWLINE;
  return line;
}
