import { closeSync, constants, lstatSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { isWriterAlive, thisProcess, type ProcessIdentity } from '../writer-identity.js';
import { createPrivate, readPrivate } from './private-file.js';
import { performance, wallNow } from '../../model/timers.js';

/** Interval of attempts to take a lock that another process holds, in milliseconds. */
const RETRY_MS = 10;
/** Age at which a lock file without its holder's name, or a takeover lock, counts as left by a killed process. */
const UNNAMED_MS = 5_000;
const MOST_BYTES = 4_096;

/**
 * A lock file among the processes that change the journal of a directory. Used where each process has an index of its own, in
 * memory: a shared index has SQLite's lock. A lock whose process is gone is taken over.
 */
export class DirectoryLock {
  private depth = 0;

  constructor(private readonly path: string) {}

  /** Takes the lock if it is free or held by this object already. Each success needs a `release`. */
  tryTake(): boolean {
    if (this.depth > 0) {
      const now = wallNow() / 1000;
      // Processes on other hosts see from this time that the holder is alive.
      utimesSync(this.path, now, now);
    } else if (!create(this.path, identity()) && !this.takeOver()) return false;
    this.depth += 1;
    return true;
  }

  /** Waits for the lock for at most `forMs`. Returns whether it was taken. */
  take(forMs: number): boolean {
    const until = performance.now() + forMs;
    const clock = new Int32Array(new SharedArrayBuffer(4));
    while (!this.tryTake()) {
      if (performance.now() >= until) return false;
      Atomics.wait(clock, 0, 0, RETRY_MS);
    }
    return true;
  }

  release(): void {
    if (this.depth === 0) return;
    this.depth -= 1;
    if (this.depth === 0) rmSync(this.path, { force: true });
  }

  /** Replaces a dead holder. A second lock ensures that one process does so when several find it dead. */
  private takeOver(): boolean {
    if (!isLeft(this.path)) return false;
    const second = `${this.path}.takeover`;
    if (ageOf(second) > UNNAMED_MS) rmSync(second, { force: true });
    if (!create(second, '')) return false;
    try {
      if (isLeft(this.path)) rmSync(this.path, { force: true });
      return create(this.path, identity());
    } finally {
      rmSync(second, { force: true });
    }
  }
}

function identity(): string {
  return JSON.stringify(thisProcess());
}

function create(path: string, text: string): boolean {
  try {
    const { fd } = createPrivate(path, constants.O_WRONLY);
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the holder's process is gone. */
function isLeft(path: string): boolean {
  const age = ageOf(path);
  try {
    const holder = JSON.parse(readPrivate(path, MOST_BYTES).toString()) as ProcessIdentity;
    return !isWriterAlive(holder, wallNow() - age);
  } catch {
    return age > UNNAMED_MS;
  }
}

/** Age of a file in milliseconds; 0 when there is no file. */
function ageOf(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat ? wallNow() - stat.mtimeMs : 0;
}
