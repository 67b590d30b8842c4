import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DIR_MODE, FILE_MODE } from '../codec/format.js';

/** Windows has neither flag. There only `lstat` detects a link. */
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const OTHERS = 0o077;

/** A path of the package's own file leads to a link, a FIFO, a directory, a socket or a device. */
export class NotAFile extends Error {
  readonly code = 'NOT_A_FILE';

  constructor(path: string, kind: string) {
    super(`${path} is a ${kind}, not a file`);
  }
}

/** The kind of an entry, in words; `undefined` for a regular file. */
export function kindOf(stat: Pick<Stats, 'isFile' | 'isSymbolicLink' | 'isDirectory' | 'isFIFO' | 'isSocket'>) {
  if (stat.isFile()) return undefined;
  if (stat.isSymbolicLink()) return 'symbolic link';
  if (stat.isDirectory()) return 'directory';
  if (stat.isFIFO()) return 'FIFO';
  return stat.isSocket() ? 'socket' : 'device';
}

/**
 * Opens a regular file for reading. Never follows a link in the last part of the path and never waits: opening a FIFO
 * would wait for its writer. Throws `NotAFile` for anything else, and what the file system throws.
 */
export function openForReading(path: string): number {
  return openChecked(path, constants.O_RDONLY).fd;
}

/**
 * Opens a regular file for writing, as `openForReading` does; an existing file that others may read becomes private.
 * @param flags access and creation flags, e.g. `O_WRONLY | O_APPEND | O_CREAT`
 */
export function openPrivate(path: string, flags: number): number {
  const { fd, stat, isNew } = openChecked(path, flags);
  if (isNew) setMode(fd, stat);
  else if (isWide(stat) && isOwn(stat)) attempt(() => fchmodSync(fd, stat.mode & 0o777 & ~OTHERS));
  return fd;
}

/** Writes all bytes, from `at` on, or at the descriptor's own place: the system may take a part of them at a time. */
export function writeWhole(fd: number, bytes: Uint8Array, at?: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, at === undefined ? undefined : at + done);
  }
}

/** Creates a file with mode 0600, whatever the umask is. Throws EEXIST when the name is taken, by a link too. */
export function createPrivate(path: string, flags: number): { fd: number; inode: number; device: number } {
  const fd = openSync(path, flags | constants.O_CREAT | constants.O_EXCL, FILE_MODE);
  try {
    const stat = fstatSync(fd);
    setMode(fd, stat);
    return { fd, inode: stat.ino, device: stat.dev };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A umask takes bits away from the mode that `open` is given, even the owner's. */
function setMode(fd: number, { mode }: Stats): void {
  if ((mode & 0o777) === FILE_MODE || process.platform === 'win32') return;
  attempt(() => fchmodSync(fd, FILE_MODE));
}

/** Some file systems (vfat, some network mounts) have no modes and refuse to set one. Recording goes on there. */
function attempt(setIt: () => void): void {
  try {
    setIt();
  } catch {
    // `tightenPath` reports a file that stays readable for others.
  }
}

/** Creates a directory and its parents with mode 0700, whatever the umask is; existing ones stay as they are. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: DIR_MODE });
    attempt(() => chmodSync(path, DIR_MODE));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      makePrivateFolder(dirname(path));
      mkdirSync(path, { mode: DIR_MODE });
      attempt(() => chmodSync(path, DIR_MODE));
    } else if (code !== 'EEXIST') throw error;
  }
}

/** A whole file. Throws for one with more than `most` bytes: a sparse file costs its creator nothing and us its size. */
export function readPrivate(path: string, most: number): Buffer {
  const { fd, stat } = openChecked(path, constants.O_RDONLY);
  try {
    if (stat.size > most) throw new Error(`${path} has ${stat.size} bytes; at most ${most} are read`);
    const bytes = Buffer.alloc(stat.size);
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(fd, bytes, done, bytes.length - done, done);
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file, or a link of its name, by one with this text and mode 0600. A reader finds the old file or the new one. */
export function replacePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  rmSync(draft, { force: true });
  const { fd } = createPrivate(draft, constants.O_WRONLY);
  try {
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Takes a file's permissions away from group and others, without opening it: closing any descriptor of a file gives up
 * all locks that SQLite holds on it in this process. `false`: others may read it and it belongs to another user. Throws what the file system throws.
 */
export function tightenPath(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || !isWide(stat)) return true;
  if (!isOwn(stat)) return false;
  chmodSync(path, stat.mode & 0o777 & ~OTHERS);
  return true;
}

/** Whether a file's mode gives group or others rights. */
export function isWide({ mode }: Pick<Stats, 'mode'>): boolean {
  return process.platform !== 'win32' && (mode & OTHERS) !== 0;
}

function isOwn({ uid }: Stats): boolean {
  return uid === process.geteuid?.();
}

function openChecked(path: string, flags: number): { fd: number; stat: Stats; isNew: boolean } {
  // Before it is opened: opening a device can do something.
  const before = lstatSync(path, { throwIfNoEntry: false });
  const kind = before && kindOf(before);
  if (kind) throw new NotAFile(path, kind);
  const fd = openSync(path, flags | SAFE, FILE_MODE);
  try {
    const stat = fstatSync(fd);
    const opened = kindOf(stat);
    if (opened) throw new NotAFile(path, opened);
    return { fd, stat, isNew: before === undefined };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
