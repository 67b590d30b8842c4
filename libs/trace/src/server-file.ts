import fs from 'node:fs';
import path from 'node:path';
import { makePrivateFolder, readPrivate, replacePrivate } from './journal/files/private-file.js';
import { pidExists } from './journal/writer-identity.js';
import { MAX_SERVER_FILE_BYTES, parseServerFile, SERVER_FILE } from './model/server-entry.js';
import type { ServerEntry, ServerFileContent } from './model/server-entry.js';
import { wallNow } from './model/timers.js';

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
      makePrivateFolder(path.dirname(this.file));
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
      const [first, ...rest] = kept.filter(({ pid }) => pidExists(pid));
      if (first) this.write({ ...first, ...withOthers(rest) });
      else fs.rmSync(this.file, { force: true });
    } catch {
      // A dead process is skipped by its readers.
    }
  }

  /** Address of an application that runs in the directory; `undefined`: none has announced itself. */
  running(): string | undefined {
    return this.others()[0]?.url;
  }

  /** Entries of other applications that run. Two applications in one process have one entry each. */
  private others(): ServerEntry[] {
    return this.entries().filter(({ pid }) => pidExists(pid));
  }

  private entries(): ServerEntry[] {
    try {
      return parseServerFile(readPrivate(this.file, MAX_SERVER_FILE_BYTES).toString());
    } catch {
      return [];
    }
  }

  private write(content: ServerFileContent): void {
    replacePrivate(this.file, `${JSON.stringify(content)}\n`);
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
