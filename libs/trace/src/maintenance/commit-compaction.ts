import { lstatSync, renameSync, rmSync } from 'node:fs';
import { listSegments, type SegmentInfo } from '../journal/read/segments.js';
import type { CatalogDb } from '../catalog/db/catalog-db.js';
import { COPY_SUFFIX } from './compaction.js';
import type { SegmentRow } from '../catalog/tables/segments/segment-row.js';

/** Finishes a compaction after its transaction: renames the copy and deletes the originals. Any process may repeat it. */
export function commitCompaction(db: CatalogDb, dir: string): void {
  db.write(() => {
    const segments = new Map(listSegments(dir).map((segment) => [segment.number, segment]));
    for (const row of db.all<SegmentRow>('segments')) {
      const segment = segments.get(row.number);
      if (segment?.kept && row.read > segment.size) rename(segment.path);
    }
    // Copies are renamed first: an index in memory dies with its process, and neither copy nor original would be left.
    for (const row of db.all<SegmentRow>('segments')) {
      const segment = segments.get(row.number);
      if (row.gone && (!segment || unlinked(segment.path))) db.run('deleteSegment', row.number);
    }
    // The copy was never committed, and all its originals exist.
    for (const segment of segments.values()) {
      if (segment.kept && segment.size === 0) dropUncommitted(segment);
    }
  });
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
