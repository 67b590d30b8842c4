import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { wallNow } from '../../model/timers.js';
import { NEWLINE } from '../codec/format.js';
import type { NewSegment } from '../files/segment-file.js';

const LINE_END = Buffer.from([NEWLINE]);

/** A segment that is being written to. After each `write` its file holds whole records, whatever the disk did. */
export class OpenSegment {
  readonly number: number;
  readonly path: string;
  readonly inode: number;
  readonly device: number;
  readonly fd: number;
  /** Bytes of whole records. */
  offset = 0;
  /** Takes no more: the system lets it grow no further, or its name leads to another file by now. */
  finished = false;
  /** Its header is the first. */
  records = 0;
  readonly createdMs = wallNow();
  /** The file may end in a cut record that could not be taken back. */
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
    let done = 0;
    try {
      if (this.torn) this.endTornLine();
      done = writeSync(this.fd, buffer, 0, length);
      // A full disk or a file-size limit lets a part through without an error.
      while (done < length) done += writeSync(this.fd, buffer, done, length - done);
    } catch (error) {
      if (done > 0) this.takeBack(done);
      // Only one that holds something: where not even one record fits, another segment is no help.
      if ((error as NodeJS.ErrnoException).code === 'EFBIG' && this.records > 1) this.finished = true;
      throw error;
    }
    this.records += 1;
    this.offset += length;
  }

  sync(): void {
    fdatasyncSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }

  private endTornLine(): void {
    writeSync(this.fd, LINE_END);
    this.offset = fstatSync(this.fd).size;
    this.torn = false;
  }

  /** Not to `offset`: if another program cut the file or wrote to it, that is another place. */
  private takeBack(bytes: number): void {
    try {
      ftruncateSync(this.fd, Math.max(0, fstatSync(this.fd).size - bytes));
    } catch {
      this.torn = true;
    }
  }
}
