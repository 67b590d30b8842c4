import { lstatSync, renameSync, rmSync } from 'node:fs';
import { segmentPath } from '../journal/read/segment-path.js';
import { listCopies, type SegmentInfo } from '../journal/read/segments.js';
import type { CatalogDb } from '../catalog/db/catalog-db.js';
import { COPY_SUFFIX } from './compaction.js';
import type { SegmentRow } from '../catalog/tables/segments/segment-row.js';

type CompactedRow = Pick<SegmentRow, 'number' | 'read' | 'gone'>;

/** What a compaction leaves to do after its transaction. */
interface Rest {
  /** Copies of which the catalog has the row, under the names from before the transaction. */
  unnamed: SegmentInfo[];
  /** Numbers of originals of which nothing is left. */
  gone: number[];
  /** Names of copies that no transaction committed: all their originals exist. */
  uncommitted: SegmentInfo[];
}

/** Finishes a compaction after its transaction: renames the copy and deletes the originals. Any process may repeat it. */
export function commitCompaction(db: CatalogDb, dir: string): void {
  db.write(() => {
    const { unnamed, gone, uncommitted } = restOf(db, dir);
    for (const { path } of unnamed) rename(path);
    // Copies are renamed first: an index in memory dies with its process, and neither copy nor original would be left.
    for (const number of gone) {
      const path = segmentPath(dir, number);
      if (path === undefined || unlinked(path)) db.run('deleteSegment', number);
    }
    for (const copy of uncommitted) dropUncommitted(copy);
  });
}

/** Whether an earlier process began a compaction and did not finish it. */
export function isCompactionUnfinished(db: CatalogDb, dir: string): boolean {
  return Object.values(restOf(db, dir)).some((each) => each.length > 0);
}

function restOf(db: CatalogDb, dir: string): Rest {
  const copies = listCopies(dir);
  const rows = new Map(db.all<CompactedRow>('compactedSegments').map((row) => [row.number, row]));
  return {
    unnamed: copies.filter(({ number, size }) => (rows.get(number)?.read ?? 0) > size),
    gone: [...rows.values()].flatMap(({ number, gone }) => (gone ? [number] : [])),
    uncommitted: copies.filter(({ size }) => size === 0),
  };
}

/** Where an open file cannot be deleted, the next start retries. Until then its row marks it as gone. */
function unlinked(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

function rename(path: string): void {
  if (lstatSync(path + COPY_SUFFIX, { throwIfNoEntry: false })?.isFile()) renameSync(path + COPY_SUFFIX, path);
}

function dropUncommitted(segment: SegmentInfo): void {
  if (lstatSync(segment.path, { throwIfNoEntry: false })?.size !== 0) return;
  rmSync(segment.path + COPY_SUFFIX, { force: true });
  rmSync(segment.path, { force: true });
}
