import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import {
  MAX_SERVER_FILE_BYTES,
  parseServerFile,
  SERVER_FILE,
  type ServerEntry,
} from '../../../libs/trace/src/model/server-entry.js';
import { parseBaseUrl, type BaseUrl } from './base-url.js';

/** The application that records into a directory, by the file that it writes there when it listens. */
export interface DiscoveredServer {
  base: BaseUrl;
  pid: number;
  /** Path of the file. */
  file: string;
}

/** What the file of a directory says: the server to ask, or why there is none. */
export interface Discovery {
  server?: DiscoveredServer;
  /** A sentence about a file that is not used. Absent: there is no file, or it is used. */
  problem?: string;
}

/** Kernel ticks per second in `/proc`: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Difference in milliseconds of two clocks that are read one after the other. */
const TOLERANCE_MS = 2_000;

/**
 * Reads `<dir>/server.json` and returns the newest process in it that runs. A file that another user can have written is
 * not used, and no address that leads away from this machine: the token of this directory would be sent there.
 */
export function discoverServer(dir: string): Discovery {
  const file = join(dir, SERVER_FILE);
  const read = readOwnFile(file);
  if (read === undefined || 'problem' in read) return read ?? {};
  const entries = parseServerFile(read.text);
  if (entries.length === 0) return { problem: `${file} has no address of a server` };
  const living = entries.filter(isRunning);
  if (living.length === 0) return { problem: `${file} is of an application that has ended (pid ${entries[0]!.pid})` };
  for (const { url, pid } of living) {
    const base = localBase(url, file);
    if (base) return { server: { base, pid, file } };
  }
  return {
    problem: `${file} names ${living[0]!.url}, which is not on the loopback interface; to ask it, give it with --url`,
  };
}

function localBase(url: string, file: string): BaseUrl | undefined {
  try {
    const { href, loopback } = parseBaseUrl(url, file);
    return loopback ? { href, loopback } : undefined;
  } catch {
    return undefined;
  }
}

/** Does not follow links, does not wait for the writer of a FIFO, and reads a bounded number of bytes. */
function readOwnFile(file: string): { text: string } | { problem: string } | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { problem: `${file} is not read (${code})` };
  }
  try {
    const stat = fstatSync(fd);
    const { uid, mode, size } = stat;
    const user = process.getuid?.();
    if (!stat.isFile()) return { problem: `${file} is not a file` };
    if (user !== undefined && uid !== user) return { problem: `${file} belongs to another user, and is not used` };
    if (user !== undefined && (mode & 0o022) !== 0) {
      return { problem: `${file} can be written by other users, and is not used` };
    }
    if (size > MAX_SERVER_FILE_BYTES) return { problem: `${file} is too large (${size} bytes)` };
    const bytes = Buffer.alloc(size);
    return { text: bytes.toString('utf8', 0, readSync(fd, bytes, 0, size, 0)) };
  } finally {
    closeSync(fd);
  }
}

/** Whether the process of the entry runs: there is one with its id, and it did not start after the entry was written. */
function isRunning({ pid, startedAt }: ServerEntry): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startOf(pid);
  return started === undefined || started <= Date.parse(startedAt) + TOLERANCE_MS;
}

/** When a process started, in milliseconds since 1970; `undefined` where there is no `/proc`. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program is in parentheses and may have spaces; the start is the 20th word after it.
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    if (!Number.isFinite(ticks)) return undefined;
    return Date.now() - (uptime() - ticks / TICKS_PER_SECOND) * 1000;
  } catch {
    return undefined;
  }
}
