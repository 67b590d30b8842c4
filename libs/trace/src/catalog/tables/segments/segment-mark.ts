import { closeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { overwriteLines, type Overwrite } from '../../../journal/write/overwrite.js';
import { openForReading } from '../../../journal/files/private-file.js';
import { readBytes } from '../../../journal/read/reader.js';
import type { CatalogDb } from '../../db/catalog-db.js';

/** A line has its CRC, its sequence number and its time in its first 60 bytes. */
const MARK_BYTES = 256;
/** No mark was taken: nothing can be compared. */
export const NO_MARK = 0;

/**
 * Distinguishes a segment from another of the same size: a checksum of its first bytes, which are its header, and of the
 * last bytes before `read`. A copy of the file has the same mark.
 */
export function markOf(fd: number, read: number): number {
  const length = Math.min(MARK_BYTES, read);
  const mark = crc32(readBytes(fd, read - length, length), crc32(readBytes(fd, 0, length)));
  return mark === NO_MARK ? 1 : mark;
}

/** The same for a path; `undefined` when it cannot be read. */
export function markOfPath(path: string, read: number): number | undefined {
  try {
    const fd = openForReading(path);
    try {
      return markOf(fd, read);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Replaces lines of a segment in a transaction of the catalog, which then has the segment's new mark. */
export function overwriteIndexed(
  db: CatalogDb,
  { number, path }: { number: number; path: string },
  lines: Iterable<Overwrite>,
): void {
  overwriteLines(path, lines);
  db.changes?.overwritten(number);
  const row = db.get<{ read: number; mark: number }>('segmentMark', number);
  if (row && row.mark !== NO_MARK) db.run('setMark', markOfPath(path, row.read) ?? NO_MARK, number);
}
