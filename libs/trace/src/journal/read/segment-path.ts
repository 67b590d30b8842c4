import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { segmentFile } from '../codec/format.js';
import { journalDir } from '../files/segment-file.js';

/**
 * Where a segment lies, of which the number is known: one call to the file system instead of one for each segment that
 * there is. `undefined`: it is gone.
 */
export function segmentPath(dir: string, number: number): string | undefined {
  return [false, true]
    .map((kept) => join(journalDir(dir), segmentFile(number, kept)))
    .find((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile());
}
