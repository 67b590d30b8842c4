import { randomUUID } from 'node:crypto';
import { closeSync, constants, fsyncSync, rmSync } from 'node:fs';
import { RecordEncoder } from '../journal/codec/codec.js';
import { createPrivate, writeWhole } from '../journal/files/private-file.js';
import { createSegment } from '../journal/files/segment-file.js';
import { headerOf } from '../journal/codec/segment-header.js';
import { wallNow } from '../model/timers.js';
import type { CatalogDb } from '../catalog/db/catalog-db.js';
import { packByteRanges, type ByteRanges } from '../catalog/tables/byte-ranges.js';
import { readLines } from '../catalog/indexer/lines.js';
import { NO_MARK } from '../catalog/tables/segments/segment-mark.js';
import { putSegmentRow } from '../catalog/tables/segments/segment-row.js';

/** Suffix of a copy until the catalog has its row. */
export const COPY_SUFFIX = '.tmp';

/**
 * Copies lines forward into a new segment: records of traces that stay when their segment goes. Only the catalog reads it,
 * as the feed has delivered them. An empty file reserves the number; the content is written under another name, which
 * `commitCompaction` changes after the catalog's transaction. So every moment is safe to die in.
 */
export class Compaction {
  /** Bytes so far. */
  offset = 0;
  private number = 0;
  private fd = -1;
  private oldest = 0;
  private newest = 0;
  private readonly extents = new Map<number, ByteRanges>();

  constructor(private readonly dir: string) {}

  /** Copies lines of a trace, whose first and last record have these times in microseconds. */
  take(path: string, trace: number, ranges: ByteRanges, [oldest, newest]: readonly [number, number]): void {
    if (this.fd === -1) this.start();
    if (newest > this.newest) this.newest = newest;
    if (oldest < this.oldest || this.oldest === 0) this.oldest = oldest;
    let extent = this.extents.get(trace);
    if (!extent) this.extents.set(trace, (extent = []));
    for (const line of readLines(path, ranges)) {
      extent.push(this.offset, line.length);
      this.write(line);
    }
  }

  /** Syncs the copy and writes its rows, in the transaction that deletes the rows of the originals. */
  commit(db: CatalogDb): void {
    if (this.fd === -1) return;
    fsyncSync(this.fd);
    const { number, offset: read, oldest, newest } = this;
    const mark = NO_MARK;
    putSegmentRow(db, {
      number,
      kept: 1,
      writer: '',
      read,
      corrupt: 0,
      dropped: '{}',
      oldest,
      newest,
      mark,
      stamp: '',
      sealed: 1,
    });
    for (const [trace, ranges] of this.extents) db.run('putExtent', trace, this.number, packByteRanges(ranges));
  }

  close(): void {
    if (this.fd !== -1) closeSync(this.fd);
    this.fd = -1;
  }

  private start(): void {
    const created = createSegment(this.dir, 0, true);
    closeSync(created.fd);
    this.number = created.number;
    // The number is new: a file of this name is another program's, or a link.
    rmSync(created.path + COPY_SUFFIX, { force: true });
    this.fd = createPrivate(created.path + COPY_SUFFIX, constants.O_WRONLY).fd;
    const encoder = new RecordEncoder();
    const length = encoder.encode(headerOf({ number: 0, id: randomUUID() }, wallNow() * 1000), 0);
    this.write(encoder.buffer.subarray(0, length));
  }

  private write(bytes: Buffer): void {
    writeWhole(this.fd, bytes);
    this.offset += bytes.length;
  }
}
