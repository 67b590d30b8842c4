import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface DebugToken {
  token: string;
  /** Where it is kept; `undefined`: nowhere, it is good until this process ends. */
  file?: string;
  /** Why it could not be kept, or what was wrong with the file, for people. */
  problem?: string;
}

const FILE = 'debug-token';
/** Letters, digits, `-` and `_`, at least as many as production asks of a configured token. */
const SOUND = /^[A-Za-z0-9_-]{32,512}$/;

/**
 * The token of a trace directory: the one in `<dir>/debug-token`, or a new one that is kept there with mode 0600.
 * Processes that start together agree on one. A file that others could read is tightened; one that holds no token is
 * replaced. Never throws: where nothing can be written, the token lives as long as the process.
 */
export function ensureDebugToken(dir: string): DebugToken {
  const file = path.join(dir, FILE);
  try {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
    // Twice: between the look and the write, another process may have been faster.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const kept = readKept(file);
      if (kept) return kept;
      if (create(file)) return { token: fs.readFileSync(file, 'utf8').trim(), file };
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
    // Not through a symbolic link: it could point to a file that somebody else chose.
    fd = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const token = fs.readFileSync(fd, 'utf8').trim();
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

/** A whole file appears or none: written beside and linked, since a reader must not find it empty. `false`: it was there. */
function create(file: string): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(draft, `${newToken()}\n`, { mode: 0o600, flag: 'wx' });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // Some file systems have no links; theirs is the small risk of a reader in between.
    return createInPlace(draft, file);
  } finally {
    fs.rmSync(draft, { force: true });
  }
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
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
  fs.renameSync(draft, file);
  return { token, file, problem: `${file} held no token (32 or more letters, digits, - or _) and was replaced.` };
}
