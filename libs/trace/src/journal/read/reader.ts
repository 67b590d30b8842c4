import { closeSync, fstatSync, readSync } from 'node:fs';
import type { JournalRecord } from '../../model/record.js';
import { beginningsIn, decodeAt, decodeBehind, isBlank, kindOfLine } from '../codec/codec.js';
import { MAX_RECORD_BYTES, NEWLINE } from '../codec/format.js';
import { openForReading } from '../files/private-file.js';

/** A record and the position of its line; `length` counts the newline. */
export interface LocatedRecord {
  record: JournalRecord;
  offset: number;
  length: number;
}

export interface ReadOptions {
  /** Offset of a line. Default 0. */
  from?: number;
  /** Lines that end after this byte are not read. Default: the file's end. */
  to?: number;
  /** Leave out payloads. */
  head?: boolean;
  /** Skip records of other kinds, which are then neither decoded nor checked. Default: all kinds. */
  kinds?: ReadonlySet<string>;
}

const CHUNK_BYTES = 256 * 1024;
const MIN_CHUNK_BYTES = 4 * 1024;
/** A longer line is no record and is skipped without being kept in memory. */
const MAX_LINE_BYTES = MAX_RECORD_BYTES;

/**
 * Reads whole lines of a segment one by one, in memory that does not grow with the file. A damaged line costs itself
 * and is counted; a last line without its end is left for later: its writer may be busy with it.
 */
export class SegmentReader {
  /** Damaged records so far. */
  corrupt = 0;
  /** Right after the last whole line that was read. */
  offset: number;

  /** The open file. */
  readonly fd: number;
  private readonly to: number;
  private readonly head: boolean;
  private readonly kinds: ReadonlySet<string> | undefined;
  private buffer: Buffer;
  /** `buffer[start, end)` is read from the file and not yet handed out; `start` lies at `offset` in the file. */
  private start = 0;
  private end = 0;
  private scanned = 0;
  private skipping = false;

  /** Throws what the file system throws, such as ENOENT for a deleted segment. */
  constructor(path: string, { from = 0, to = Number.MAX_SAFE_INTEGER, head = false, kinds }: ReadOptions = {}) {
    this.fd = openForReading(path);
    // The latest lines of a segment need no large buffer.
    const left = Math.min(to, fstatSync(this.fd).size) - from;
    this.buffer = Buffer.allocUnsafe(Math.max(MIN_CHUNK_BYTES, Math.min(CHUNK_BYTES, left)));
    this.offset = from;
    this.to = to;
    this.head = head;
    this.kinds = kinds;
  }

  /** The next whole record; `undefined` at the end. A later call reads on if the file has grown. */
  next(): LocatedRecord | undefined {
    for (;;) {
      const line = this.nextLine();
      if (!line) return undefined;
      const { start, length, offset } = line;
      const end = start + length - 1;
      if (isBlank(this.buffer, start, end) || this.isSkipped(start, end)) continue;
      let record = decodeAt(this.buffer, start, end, this.head);
      if (!record) {
        // A cut record in front of a whole one is lost and counted; the whole one is read.
        record = decodeBehind(this.buffer, start, end, this.head);
        // Where a newline was damaged too, a line has several records.
        this.corrupt += Math.max(1, beginningsIn(this.buffer, start, end) - (record ? 1 : 0));
      }
      if (record) return { record, offset, length };
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private isSkipped(start: number, end: number): boolean {
    const kind = this.kinds && kindOfLine(this.buffer, start, end);
    return kind !== undefined && !this.kinds!.has(kind);
  }

  private nextLine(): { start: number; length: number; offset: number } | undefined {
    for (;;) {
      const at = this.buffer.indexOf(NEWLINE, Math.max(this.scanned, this.start));
      // What is behind `end` is left from an earlier read.
      if (at !== -1 && at < this.end) {
        const line = { start: this.start, length: at + 1 - this.start, offset: this.offset };
        if (this.offset + line.length > this.to) return undefined;
        this.start = this.scanned = at + 1;
        this.offset += line.length;
        if (!this.skipping) return line;
        this.skipping = false;
        this.corrupt += 1;
        continue;
      }
      this.scanned = this.end;
      if (!this.fill()) return undefined;
    }
  }

  private fill(): boolean {
    if (this.end - this.start > MAX_LINE_BYTES) {
      this.skipping = true;
      this.offset += this.end - this.start;
      this.start = this.end;
    }
    if (this.start > 0) {
      this.buffer.copyWithin(0, this.start, this.end);
      this.end -= this.start;
      this.scanned -= this.start;
      this.start = 0;
    }
    if (this.end === this.buffer.length) {
      this.buffer = Buffer.concat([this.buffer], this.buffer.length * 2);
    }
    const at = this.offset + this.end;
    const room = Math.min(this.buffer.length - this.end, this.to - at);
    if (room <= 0) return false;
    const got = readSync(this.fd, this.buffer, this.end, room, at);
    this.end += got;
    return got > 0;
  }
}

/** Bytes `[offset, offset + length)` of an open file, fewer where it ends. */
export function readBytes(fd: number, offset: number, length: number): Buffer {
  return readInto(Buffer.allocUnsafe(length), fd, offset, length);
}

/** The same, read into a buffer of the caller's. */
export function readInto(buffer: Buffer, fd: number, offset: number, length: number): Buffer {
  let done = 0;
  while (done < length) {
    const got = readSync(fd, buffer, done, length - done, offset + done);
    if (got === 0) break;
    done += got;
  }
  return buffer.subarray(0, done);
}

/**
 * Where the last whole line in the first `size` bytes ends: a writer may be in the middle of one. 0 when none ends within
 * twice the length of a record: a sparse file of 30 GB has none, and took minutes to search.
 */
export function lastLineEnd(fd: number, size: number): number {
  for (let end = size; end > Math.max(0, size - 2 * MAX_LINE_BYTES);) {
    const start = Math.max(0, end - 4096);
    const at = readBytes(fd, start, end - start).lastIndexOf(NEWLINE);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}
