import { closeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { overwriteLines, type Overwrite } from '../../../journal/write/overwrite.js';
import { openForReading } from '../../../journal/files/private-file.js';
import { readBytes } from '../../../journal/read/reader.js';
import type { CatalogDb } from '../../db/catalog-db.js';

/** Bytes at each end: the first 60 bytes of a line contain its CRC, sequence number and time. */
const MARK_BYTES = 256;
/** The segment has no mark to compare with. */
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

/** The mark of a file; `undefined` when it cannot be read. */
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

/** Overwrites lines of a segment and stores its new mark, in a transaction of the catalog. */
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
