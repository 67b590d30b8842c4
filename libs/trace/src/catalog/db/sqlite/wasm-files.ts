import { constants } from 'node:fs';
import { resolve } from 'node:path';

/** The file of a database, as SQLite in WASM reads and writes it. What a method throws is an I/O error of SQLite. */
export interface DatabaseFile {
  /** In bytes. */
  size(): number;
  /** Fills `into` from this byte on. Returns how many bytes there were. */
  read(into: Uint8Array, offset: number): number;
  write(bytes: Uint8Array, offset: number): void;
  truncate(size: number): void;
}

/** Descriptors of these files begin here, far above those of the process. */
const FIRST_DESCRIPTOR = 2 ** 30;

const files = new Map<string, DatabaseFile>();
const opened = new Map<number, DatabaseFile>();
let nextFile = 0;
let nextDescriptor = FIRST_DESCRIPTOR;

/** Gives a file a path that SQLite in WASM can open. `remove` takes the path away again. */
export function mountFile(file: DatabaseFile): { path: string; remove(): void } {
  nextFile += 1;
  const path = resolve(`/nestjs-trace-collector-${nextFile}.db`);
  files.set(path, file);
  return { path, remove: () => void files.delete(path) };
}

/**
 * The part of `node:fs` that SQLite in WASM calls. It has the mounted files and no other: no path of the real file system is
 * opened, created or locked by it.
 */
export const mountedFiles = {
  constants,
  openSync(path: string): number {
    const file = files.get(path);
    if (!file) throw missing(path);
    nextDescriptor += 1;
    opened.set(nextDescriptor, file);
    return nextDescriptor;
  },
  closeSync: (fd: number): void => void opened.delete(fd),
  fstatSync: (fd: number): { size: number } => ({ size: fileOf(fd).size() }),
  readSync: (fd: number, bytes: Uint8Array, _from: number, _length: number, offset: number | bigint): number =>
    fileOf(fd).read(bytes, Number(offset)),
  writeSync(fd: number, bytes: Uint8Array, _from: number, length: number, offset: number | bigint): number {
    fileOf(fd).write(bytes, Number(offset));
    return length;
  },
  ftruncateSync: (fd: number, size: number | bigint): void => fileOf(fd).truncate(Number(size)),
  fsyncSync(): void {
    // The caller that publishes the file syncs it.
  },
  accessSync(path: string): void {
    if (!files.has(path)) throw missing(path);
  },
  unlinkSync(path: string): void {
    throw missing(path);
  },
  mkdirSync(): void {
    // A lock: no other connection has a mounted file.
  },
  rmdirSync(): void {
    // The lock is released.
  },
};

function fileOf(fd: number): DatabaseFile {
  const file = opened.get(fd);
  if (!file) throw missing(String(fd));
  return file;
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: 'ENOENT' });
}
