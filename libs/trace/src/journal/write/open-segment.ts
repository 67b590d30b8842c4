import { closeSync, fdatasyncSync, fstatSync, writeSync } from 'node:fs';
import { wallNow } from '../../model/timers.js';
import { NEWLINE } from '../codec/format.js';
import type { NewSegment } from '../files/segment-file.js';
import { writeLines } from './turn/write-lines.js';

const LINE_END = Buffer.from([NEWLINE]);

/** A segment that is being written to. After each `write` its file holds whole records, whatever the disk did. */
export class OpenSegment {
  readonly number: number;
  readonly path: string;
  readonly inode: number;
  readonly device: number;
  readonly fd: number;
  /** Bytes of whole records, those that are gathered for it included. */
  offset = 0;
  /** Takes no further records: it reached the system's limit of a file, or its path leads to another file. */
  finished = false;
  /** Number of records, the header included. */
  records = 0;
  readonly createdMs = wallNow();
  /** The file may end in a part of a record that could not be removed. */
  private torn = false;

  constructor({ number, path, inode, device, fd }: NewSegment) {
    this.number = number;
    this.path = path;
    this.inode = inode;
    this.device = device;
    this.fd = fd;
  }

  /** Appends the first `length` bytes of `buffer`, one record. Throws when the file system does. */
  write(buffer: Buffer, length: number): void {
    try {
      this.mend();
      const { error, isTorn } = writeLines(this.fd, buffer, 0, length);
      if (isTorn) this.tear();
      if (error !== undefined) throw error;
    } catch (error) {
      this.noteLimit(error, this.records);
      throw error;
    }
    this.gather(length);
  }

  /**
   * Notes that the file reached the system's limit, if that is the error: another segment then takes the next records.
   * @param written records in the file: where not even one fits beside the header, another segment does not help
   */
  noteLimit(error: unknown, written: number): void {
    if ((error as NodeJS.ErrnoException).code === 'EFBIG' && written > 1) this.finished = true;
  }

  /** Counts a record that is gathered for this segment, and is in its file a moment later. */
  gather(length: number): void {
    this.records += 1;
    this.offset += length;
  }

  /** Takes gathered records back that never came into the file. */
  forget(bytes: number, records: number): void {
    this.records -= records;
    this.offset -= bytes;
  }

  /** Ends the part of a record at the file's end, if there is one. `gathered`: bytes that are not in the file yet. */
  mend(gathered = 0): void {
    if (!this.torn) return;
    writeSync(this.fd, LINE_END);
    this.offset = fstatSync(this.fd).size + gathered;
    this.torn = false;
  }

  /** The file ends in a part of a record that could not be removed. */
  tear(): void {
    this.torn = true;
  }

  sync(): void {
    fdatasyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}
