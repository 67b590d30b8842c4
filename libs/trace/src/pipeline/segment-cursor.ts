import { closeSync } from 'node:fs';
import { JOURNAL_FORMAT } from '../journal/codec/format.js';
import { openForReading } from '../journal/files/private-file.js';
import { readBytes, SegmentReader, type LocatedRecord } from '../journal/read/reader.js';
import type { SegmentInfo } from '../journal/read/segments.js';
import { writerOf } from '../journal/writer-identity.js';
import { TraceCollectorError } from '../model/errors.js';
import type { LineRange, RecordBatch } from './record-consumer.js';

export interface CursorOptions {
  /** Begin of a line. Default: 0. */
  from?: number;
  /** Identity of the segment's writer. Default: as the header says, which is read only from byte 0. */
  writer?: string;
  /** Default: `true`. */
  payloads?: boolean;
  /** Kinds of records to decode; others are skipped. Default: all. */
  kinds?: ReadonlySet<string>;
}

/** Lines of a batch. Readers compare their deadlines between batches: 64 records take about 1 ms. */
const MAX_RECORDS = 64;
/** Bytes after which a batch ends, so that large payloads do not add up in memory. */
const MAX_BYTES = 512 * 1024;

/** Reads the whole lines of a segment as batches, up to the size that its listing has. Throws what the file system throws. */
export class SegmentCursor {
  private readonly reader: SegmentReader;
  private writer: string;

  constructor(
    private readonly file: SegmentInfo,
    { from = 0, writer = '', payloads = true, kinds }: CursorOptions = {},
  ) {
    this.writer = writer;
    this.reader = new SegmentReader(file.path, {
      from,
      to: file.size,
      head: !payloads,
      kinds,
    });
  }

  /** The open file. */
  get fd(): number {
    return this.reader.fd;
  }

  /**
   * The next lines; `undefined` when there is no whole line left. Throws `DATA_NEWER` for a segment of a newer format.
   * @param maxRecords default: 64
   */
  next(maxRecords = MAX_RECORDS): RecordBatch | undefined {
    const { reader, file } = this;
    const from = reader.offset;
    const corrupt = reader.corrupt;
    const lines: LocatedRecord[] = [];
    while (lines.length < maxRecords && reader.offset - from < MAX_BYTES) {
      const located = reader.next();
      if (!located) break;
      if (located.record.kind === 'segment') {
        if (located.record.format > JOURNAL_FORMAT) throw newerFormat(file, located.record.format);
        this.writer = writerOf(located.record).id;
      }
      lines.push(located);
    }
    if (reader.offset === from) return undefined;
    return new SegmentBatch(file, this.writer, from, reader.offset, lines, reader.corrupt - corrupt);
  }

  close(): void {
    this.reader.close();
  }
}

class SegmentBatch implements RecordBatch {
  readonly segment: number;
  readonly records: RecordBatch['records'];

  constructor(
    private readonly file: SegmentInfo,
    readonly writer: string,
    readonly from: number,
    readonly to: number,
    readonly lines: readonly LocatedRecord[],
    readonly corrupt: number,
  ) {
    this.segment = file.number;
    this.records = lines.map(({ record }) => record);
  }

  read({ offset, length }: LineRange = { offset: this.from, length: this.to - this.from }): Buffer {
    const fd = openForReading(this.file.path);
    try {
      return readBytes(fd, offset, length);
    } finally {
      closeSync(fd);
    }
  }
}

function newerFormat(file: SegmentInfo, format: number): TraceCollectorError {
  return new TraceCollectorError(
    'DATA_NEWER',
    `Segment ${file.path} has format ${format}, this program reads formats up to ${JOURNAL_FORMAT}. ` +
      'Use the nestjs-trace-collector that wrote it, or a newer one.',
  );
}
