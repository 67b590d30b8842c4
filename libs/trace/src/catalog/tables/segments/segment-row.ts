import type { SegmentInfo } from '../../../journal/read/segments.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { NO_MARK } from './segment-mark.js';

/** A segment's row in the catalog. */
export interface SegmentRow {
  number: number;
  kept: number;
  /** UUID of the process that wrote it; empty for a copy. */
  writer: string;
  /** Everything before this byte is indexed. */
  read: number;
  corrupt: number;
  /** JSON: the sums of its `gap` records, by cause. */
  dropped: string;
  /** Times of the oldest and newest record of a trace, in microseconds; 0: the segment has none. */
  oldest: number;
  newest: number;
  /** See `markOf`; 0 for a copy, which no other program changes. */
  mark: number;
  /** The file's `stamp` when it was indexed whole: a file that still has it needs no other check. Empty: check the file. */
  stamp: string;
  /** 1: its last indexed record is the seal, so it does not grow. */
  sealed: number;
  /** 1: its traces were pruned, and its file will be deleted. */
  gone: number;
}

/** The row of a segment before its first record is indexed. */
/** Whether the file was indexed up to its seal, and its row has the file's stamp. */
export function isFinishedRow({ sealed, stamp }: SegmentRow): boolean {
  return sealed === 1 && stamp !== '';
}

export function newSegmentRow({ number, kept }: SegmentInfo): SegmentRow {
  return {
    number,
    kept: kept ? 1 : 0,
    writer: '',
    read: 0,
    corrupt: 0,
    dropped: '{}',
    oldest: 0,
    newest: 0,
    mark: NO_MARK,
    stamp: '',
    sealed: 0,
    gone: 0,
  };
}

export function putSegmentRow(db: CatalogDb, row: Omit<SegmentRow, 'gone'>): void {
  const { number, kept, writer, read, corrupt, dropped, oldest, newest, mark, stamp, sealed } = row;
  db.run('putSegment', number, kept, writer, read, corrupt, dropped, oldest, newest, mark, stamp, sealed);
}

export function segmentRows(db: CatalogDb): Map<number, SegmentRow> {
  return new Map(db.all<SegmentRow>('segments').map((row) => [row.number, row]));
}

/** Copied records are older than any that their traces have elsewhere. */
export function inReadingOrder(files: readonly SegmentInfo[]): SegmentInfo[] {
  return [...files].sort((a, b) => Number(b.kept) - Number(a.kept) || a.number - b.number);
}
