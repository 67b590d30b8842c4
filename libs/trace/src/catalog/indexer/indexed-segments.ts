import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { segmentFile } from '../../journal/codec/format.js';
import { journalDir } from '../../journal/files/segment-file.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import { SegmentReader } from '../../journal/read/reader.js';
import type { Micros } from '../../model/record.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { IndexLag } from '../index-lag.js';
import { markOfPath, NO_MARK } from '../tables/segments/segment-mark.js';
import {
  isFinishedRow,
  newSegmentRow,
  putSegmentRow,
  segmentRows,
  type SegmentRow,
} from '../tables/segments/segment-row.js';

/** The first line of a segment is its header, of about 250 bytes. */
const HEADER_BYTES = 4_096;

/** The catalog's checkpoint: up to which byte each segment is indexed. Compares it with the files there are now. */
export class IndexedSegments {
  private rows = new Map<number, SegmentRow>();
  /** Sizes up to which there is no whole line left: a torn last line is read once, not at every question. */
  private readonly exhausted = new Map<number, number>();
  /** Size and time of a segment's file when its mark was last compared. */
  private readonly verified = new Map<number, string>();
  /** Segments in which another process overwrote lines, to be read again. */
  private readonly overwritten = new Set<number>();

  constructor(
    private readonly db: CatalogDb,
    private readonly dir: string,
  ) {}

  /** Reads all rows again. */
  load(): void {
    this.rows = segmentRows(this.db);
  }

  /** Drops what was found out about files. */
  forgetFiles(): void {
    this.exhausted.clear();
    this.verified.clear();
  }

  /** As `forgetFiles`, but files that were compared stay so: another process changed the catalog, not the journal. */
  forgetSizes(): void {
    this.exhausted.clear();
  }

  all(): Iterable<SegmentRow> {
    return this.rows.values();
  }

  get(number: number): SegmentRow | undefined {
    return this.rows.get(number);
  }

  /** The segment's row, to be changed in memory until `put` writes it; a new one for a segment that was never read. */
  begin(file: SegmentInfo): SegmentRow {
    const row = this.rows.get(file.number) ?? newSegmentRow(file);
    this.rows.set(row.number, row);
    return row;
  }

  /** Writes a row, in the caller's transaction. */
  put(row: SegmentRow): void {
    putSegmentRow(this.db, row);
  }

  /** No whole line is left up to the file's listed size, or the file cannot be read. */
  exhaust(file: SegmentInfo): void {
    this.exhausted.set(file.number, file.size);
  }

  /** Takes a segment out of the catalog. Returns the keys of the traces that have lines in it. */
  remove(number: number): string[] {
    const extents = this.db.all<{ trace: number; key: string }>('extentsOfSegment', number);
    for (const { trace } of extents) this.db.run('deleteExtent', trace, number);
    this.db.run('deleteSegment', number);
    this.rows.delete(number);
    this.exhausted.delete(number);
    this.verified.delete(number);
    this.overwritten.delete(number);
    return extents.map(({ key }) => key);
  }

  /** Marks segments that were indexed in part as changed by another process. */
  noteOverwritten(segments: ReadonlySet<number> | 'all'): void {
    for (const { number, read } of this.rows.values()) {
      if (read > 0 && (segments === 'all' || segments.has(number))) this.overwritten.add(number);
    }
  }

  /** Whether the files differ from the checkpoint. Compares sizes, and marks of files that changed. */
  differ(files: readonly SegmentInfo[]): boolean {
    return this.vanished(files).length > 0 || files.some((file) => this.isUnread(file));
  }

  isUnread(file: SegmentInfo): boolean {
    const row = this.rows.get(file.number);
    if (row?.gone) return false;
    if (row && this.isReplaced(file, row)) return true;
    return file.size > (row?.read ?? 0) && this.exhausted.get(file.number) !== file.size;
  }

  /** Numbers of indexed segments whose file is another one now, or was changed. */
  replaced(files: readonly SegmentInfo[]): number[] {
    return files.flatMap((file) => {
      const row = this.rows.get(file.number);
      return row && !row.gone && this.isReplaced(file, row) ? [file.number] : [];
    });
  }

  /** Indexed segments without a file. `files` may be older than what another process has indexed: each is looked up. */
  vanished(files: readonly SegmentInfo[]): SegmentRow[] {
    const present = new Set(files.map(({ number }) => number));
    return Array.from(this.rows.values()).filter(
      ({ number, kept }) =>
        !present.has(number) && !isThere(join(journalDir(this.dir), segmentFile(number, kept === 1))),
    );
  }

  /** Whether the file is indexed up to its seal, and was not changed since. */
  isFinished({ number, stamp }: SegmentInfo): boolean {
    const row = this.rows.get(number);
    return row !== undefined && isFinishedRow(row) && row.stamp === stamp;
  }

  /** How far the index is behind these files. `bytes` is 0: not at all. */
  lag(files: readonly SegmentInfo[]): IndexLag {
    let bytes = 0;
    let since: Micros | undefined = Number.POSITIVE_INFINITY;
    for (const file of files) {
      const row = this.rows.get(file.number);
      if (row?.gone || this.exhausted.get(file.number) === file.size) continue;
      const left = file.size - (row?.read ?? 0);
      if (left <= 0) continue;
      bytes += left;
      since = earliest(since, row?.newest || beginOf(file));
    }
    return { bytes, since: since === Number.POSITIVE_INFINITY ? undefined : since };
  }

  /**
   * Whether the file is not the one that was indexed up to `read`: a program that rotates logs copied and cut it, or it
   * was restored from a backup. The size alone does not show it: the file may have grown again.
   */
  private isReplaced(file: SegmentInfo, row: SegmentRow): boolean {
    if (this.overwritten.has(row.number)) return true;
    // A copy that is about to get its name is shorter than its row says.
    if (row.kept || row.read === 0) return false;
    if (file.size < row.read) {
      // Another process may have indexed lines that are newer than this listing.
      const size = lstatSync(file.path, { throwIfNoEntry: false })?.size ?? row.read;
      return size < row.read;
    }
    const version = file.stamp ?? `${file.size}.${file.mtimeMs}`;
    if (version === row.stamp) return false;
    if (row.mark === NO_MARK || this.verified.get(file.number) === version) return false;
    const mark = markOfPath(file.path, row.read);
    if (mark !== undefined && mark !== row.mark) return true;
    this.verified.set(file.number, version);
    return false;
  }
}

/** `undefined`: one of them is not known. */
function earliest(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}

/** Time of a segment's first record; `undefined` when it cannot be read. */
function beginOf({ path, size }: SegmentInfo): Micros | undefined {
  try {
    const reader = new SegmentReader(path, { to: Math.min(size, HEADER_BYTES), head: true });
    try {
      return reader.next()?.record.ts;
    } finally {
      reader.close();
    }
  } catch {
    return undefined;
  }
}

/** A link that leads nowhere is an entry too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
