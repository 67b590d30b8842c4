import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { MAX_SERVER_FILE_BYTES, parseServerFile, SERVER_FILE } from './model/server-entry.js';
import type { ServerEntry, ServerFileContent } from './model/server-entry.js';
import { wallNow } from './model/timers.js';

/** Does not follow a link, and does not wait for the writer of a FIFO. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** Entries of other processes that are kept; a cluster has one address for all its workers. */
const MOST_OTHERS = 15;

/**
 * The entry of this process in `<dir>/server.json`, from which the command line takes the address of the application.
 * Nothing is thrown: without the file the command line asks its default port, or reads the directory.
 */
export class ServerFile {
  private readonly file: string;
  private own: ServerEntry | undefined;

  constructor(dir: string) {
    // Before the application can change its working directory. Without one, a relative path stays as it is.
    this.file = absolute(path.join(dir, SERVER_FILE));
  }

  /** Writes the address of the debug routes. Call it when the application listens. */
  announce(url: string): void {
    const own: ServerEntry = { url, pid: process.pid, startedAt: new Date(wallNow()).toISOString() };
    try {
      fs.mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
      this.write({ ...own, ...withOthers(this.others()) });
      this.own = own;
    } catch {
      // A full or read-only disk: the recorder reports it, with what it means.
    }
  }

  /** Removes the entry of this process; the newest of the others that still run takes its place. */
  withdraw(): void {
    if (!this.own) return;
    const { url, startedAt } = this.own;
    this.own = undefined;
    try {
      const kept = this.entries().filter(
        (entry) => entry.pid !== process.pid || entry.url !== url || entry.startedAt !== startedAt,
      );
      const [first, ...rest] = kept.filter(({ pid }) => isRunning(pid));
      if (first) this.write({ ...first, ...withOthers(rest) });
      else fs.rmSync(this.file, { force: true });
    } catch {
      // A dead process is skipped by its readers.
    }
  }

  /** Entries of other applications that run. Two applications in one process have one entry each. */
  private others(): ServerEntry[] {
    return this.entries().filter(({ pid }) => isRunning(pid));
  }

  private entries(): ServerEntry[] {
    let fd: number;
    try {
      fd = fs.openSync(this.file, READ);
    } catch {
      return [];
    }
    try {
      if (!fs.fstatSync(fd).isFile()) return [];
      const bytes = Buffer.alloc(MAX_SERVER_FILE_BYTES);
      return parseServerFile(bytes.toString('utf8', 0, fs.readSync(fd, bytes, 0, bytes.length, 0)));
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Atomic, so that no reader finds half a file; with mode 0600, independent of the umask. */
  private write(content: ServerFileContent): void {
    const draft = `${this.file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      const fd = fs.openSync(draft, 'wx', 0o600);
      try {
        if (process.platform !== 'win32') fs.fchmodSync(fd, 0o600);
        fs.writeSync(fd, `${JSON.stringify(content)}\n`);
      } finally {
        fs.closeSync(fd);
      }
      fs.renameSync(draft, this.file);
    } catch (error) {
      fs.rmSync(draft, { force: true });
      throw error;
    }
  }
}

function absolute(file: string): string {
  try {
    return path.resolve(file);
  } catch {
    return file;
  }
}

function withOthers(entries: readonly ServerEntry[]): Pick<ServerFileContent, 'others'> {
  return entries.length === 0 ? {} : { others: entries.slice(0, MOST_OTHERS) };
}

/** `EPERM` means that there is a process, of another user. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
