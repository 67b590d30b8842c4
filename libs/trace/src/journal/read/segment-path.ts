import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { segmentFile } from '../codec/format.js';
import { journalDir } from '../files/segment-file.js';

/**
 * The path of the segment with this number, by one or two calls to the file system instead of a listing. `undefined`: it
 * is deleted.
 */
export function segmentPath(dir: string, number: number): string | undefined {
  return [false, true]
    .map((kept) => join(journalDir(dir), segmentFile(number, kept)))
    .find((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile());
}
