import { closeSync, constants, fstatSync, ftruncateSync, readSync } from 'node:fs';
import { createPrivate, writeWhole } from '../../../journal/files/private-file.js';
import type { DatabaseFile } from '../sqlite/wasm-files.js';

/** A new file of mode 0600 that one database writes. */
export class PlainFile implements DatabaseFile {
  private readonly fd: number;

  /** Throws what the file system throws, EEXIST where the file is there. */
  constructor(path: string) {
    this.fd = createPrivate(path, constants.O_RDWR).fd;
  }

  size(): number {
    return fstatSync(this.fd).size;
  }

  read(into: Uint8Array, offset: number): number {
    return readSync(this.fd, into, 0, into.length, offset);
  }

  write(bytes: Uint8Array, offset: number): void {
    writeWhole(this.fd, bytes, offset);
  }

  truncate(size: number): void {
    ftruncateSync(this.fd, size);
  }

  close(): void {
    closeSync(this.fd);
  }
}
