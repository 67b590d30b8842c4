import { closeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { openForReading } from '../../../journal/files/private-file.js';
import { readBytes } from '../../../journal/read/reader.js';
import type { SegmentInfo } from '../../../journal/read/segments.js';
import { isFinishedRow, type SegmentRow } from '../../tables/segments/segment-row.js';
import type { CatalogDb } from '../catalog-db.js';

const CHUNK_BYTES = 1024 * 1024;
/** From this share of deleted segments on, the index is built anew: deleting a tenth of a million traces by SQL took 47 s. */
const MOST_GONE = 0.3;

/** What became of the segments of a kept index. */
export interface SourceState {
  /** Why the index must not be used: lines that it was built from were overwritten. */
  changed?: string;
  /** Indexed segments that were deleted: their traces must be deleted from the kept index too. */
  deleted: number;
}

/**
 * Compares a kept index with the journal. The application erases a person by overwriting lines where they are, and the index
 * of this user does not learn of it: so a segment that is finished must be untouched, and of one that has grown all
 * indexed bytes must have the same checksum (64 MB take about 40 ms, at most one such file for each process that writes).
 */
export function checkSource(db: CatalogDb, files: readonly SegmentInfo[]): SourceState {
  const byNumber = new Map(files.map((file) => [file.number, file]));
  const sums = new Map(db.all<SumRow>('segmentSums').map((row) => [row.number, row]));
  const rows = db.all<SegmentRow>('segments');
  let deleted = 0;
  for (const row of rows) {
    const file = byNumber.get(row.number);
    if (!file) deleted += 1;
    else if (row.stamp === '' || row.stamp !== file.stamp) {
      const known = sums.get(row.number);
      const isSame = known?.read === row.read && file.size >= row.read && sumOf(file.path, row.read) === known.sum;
      if (!isSame) return { changed: `segment ${row.number} was changed`, deleted };
    }
  }
  if (deleted > rows.length * MOST_GONE) return { changed: `${deleted} segments were deleted`, deleted };
  return { deleted };
}

/** Stores checksums of the segments that can still grow, before the index is kept. */
export function noteSums(db: CatalogDb, files: readonly SegmentInfo[]): void {
  const byNumber = new Map(files.map((file) => [file.number, file]));
  db.write(() => {
    db.run('deleteSums');
    for (const row of db.all<SegmentRow>('segments')) {
      const { number, read } = row;
      const file = byNumber.get(number);
      if (!file || isFinishedRow(row)) continue;
      db.run('putSum', number, read, sumOf(file.path, read) ?? 0);
    }
  });
}

interface SumRow {
  number: number;
  read: number;
  sum: number;
}

/** `undefined`: the file cannot be read. */
function sumOf(path: string, read: number): number | undefined {
  try {
    const fd = openForReading(path);
    try {
      let sum = 0;
      for (let at = 0; at < read; at += CHUNK_BYTES)
        sum = crc32(readBytes(fd, at, Math.min(CHUNK_BYTES, read - at)), sum);
      return sum;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
