import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface DebugToken {
  token: string;
  /** The file that stores it; `undefined` where the token lives only as long as this process. */
  file?: string;
  /** Why it could not be stored, or what was wrong with the file, for people. */
  problem?: string;
}

const FILE = 'debug-token';
/**
 * Does not follow a symbolic link, which could lead to another user's file, and does not block, as opening a FIFO would
 * until its writer comes.
 */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
/** Bytes read at most: no token is longer, and a sparse file may have any size. */
const MAX_BYTES = 1024;
/** Letters, digits, `-` and `_`, at least as many as production asks of a configured token. */
const SOUND = /^[A-Za-z0-9_-]{32,512}$/;

/**
 * The token of a trace directory: the one in `<dir>/debug-token`, or a new one that is kept there with mode 0600.
 * Processes that start together agree on one. A file that others could read is tightened; one that holds no token is
 * replaced. A link, FIFO or directory in its place is left alone. Never throws: where nothing can be written, the token lives as long as the process.
 */
export function ensureDebugToken(dir: string): DebugToken {
  const file = path.join(dir, FILE);
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    // Twice: another process may create the file between the check and the write.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const kept = readKept(file);
      if (kept) return kept;
      const token = newToken();
      if (create(file, token)) return { token, file };
    }
    return replaceUnsound(file);
  } catch (error) {
    return { token: newToken(), problem: `${file} cannot be kept: ${(error as Error).message}` };
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function readKept(file: string): DebugToken | undefined {
  let fd: number;
  try {
    fd = fs.openSync(file, READ);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if (!fs.fstatSync(fd).isFile()) throw new Error('it is not a file; remove it');
    const bytes = Buffer.alloc(MAX_BYTES);
    const token = bytes.toString('utf8', 0, fs.readSync(fd, bytes, 0, MAX_BYTES, 0)).trim();
    if (!SOUND.test(token)) return undefined;
    return { token, file, problem: tighten(fd, file) };
  } finally {
    fs.closeSync(fd);
  }
}

function tighten(fd: number, file: string): string | undefined {
  if (process.platform === 'win32' || (fs.fstatSync(fd).mode & 0o077) === 0) return undefined;
  try {
    fs.fchmodSync(fd, 0o600);
    return `${file} could be read by others; its mode is 0600 now. Delete the file to get a new token.`;
  } catch (error) {
    return `${file} can be read by others, and its mode cannot be changed: ${(error as Error).message}`;
  }
}

/** Creates the file atomically by a link, so that no reader finds it empty. Returns `false` where it exists. */
function create(file: string, token: string): boolean {
  const draft = writeDraft(file, token);
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file system without links: a reader may find the file empty for a moment.
    return createInPlace(draft, file);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** A new file next to `file` with mode 0600, independent of the umask. Returns its path. */
function writeDraft(file: string, token: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const fd = fs.openSync(draft, 'wx', 0o600);
  try {
    if (process.platform !== 'win32') fs.fchmodSync(fd, 0o600);
    fs.writeSync(fd, `${token}\n`);
  } finally {
    fs.closeSync(fd);
  }
  return draft;
}

function createInPlace(draft: string, file: string): boolean {
  try {
    fs.copyFileSync(draft, file, fs.constants.COPYFILE_EXCL);
    fs.chmodSync(file, 0o600);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function replaceUnsound(file: string): DebugToken {
  const token = newToken();
  const draft = writeDraft(file, token);
  fs.renameSync(draft, file);
  return { token, file, problem: `${file} held no token (32 or more letters, digits, - or _) and was replaced.` };
}
