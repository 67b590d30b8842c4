import { closeSync, constants, lstatSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TraceCollectorError } from '../../model/errors.js';
import type { TraceKey } from '../../model/record.js';
import { openPrivate, readPrivate } from './private-file.js';

const FILE = 'pins';
const NONE: ReadonlySet<TraceKey> = new Set();
/** Largest file that is read, in bytes: two million changes. */
const MAX_BYTES = 64 * 1024 * 1024;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

/**
 * Keys of the traces that retention keeps. They have a file of their own because the index can be rebuilt and segments
 * can be deleted. It has a line for each change, `+<key>` or `-<key>`, of which the last counts. Lines are only appended,
 * so several processes can write. It has keys and not ids, because an id contains the contact.
 */
export class Pins {
  private readonly path: string;
  private known = NONE;
  private version = '';
  private failure: string | undefined;

  constructor(dir: string) {
    this.path = join(dir, FILE);
  }

  /**
   * Why the file cannot be read, as a sentence; `undefined` when it can. While there is a problem, `keys` returns what
   * was last read and nothing may be deleted: a pinned trace could be among it.
   */
  get problem(): string | undefined {
    this.keys();
    return this.failure && `Pinned traces cannot be read: ${this.failure}. Until that works, no trace is deleted.`;
  }

  /** The pinned keys now, with changes by other processes. Never throws. */
  keys(): ReadonlySet<TraceKey> {
    try {
      const stat = lstatSync(this.path, { throwIfNoEntry: false });
      const version = stat?.isFile() ? `${stat.ino}.${stat.size}.${stat.mtimeMs}` : String(stat === undefined);
      if (version !== this.version || this.failure !== undefined) {
        this.known = stat ? parse(readPrivate(this.path, MAX_BYTES).toString()) : NONE;
        this.version = version;
        this.failure = undefined;
      }
    } catch (error) {
      this.failure = (error as Error).message;
    }
    return this.known;
  }

  /** Throws `DATA_UNREADABLE` when the file cannot be read, and what the file system throws. */
  set(key: TraceKey, pinned: boolean): void {
    const { problem } = this;
    if (problem) throw new TraceCollectorError('DATA_UNREADABLE', `${problem} Remove ${this.path} and try again.`);
    if (this.known.has(key) === pinned) return;
    const line = Buffer.from(`${pinned ? '+' : '-'}${key}\n`);
    const fd = openPrivate(this.path, APPEND);
    try {
      for (let done = 0; done < line.length;) done += writeSync(fd, line, done);
    } finally {
      closeSync(fd);
    }
  }
}

function parse(text: string): Set<TraceKey> {
  const keys = new Set<TraceKey>();
  for (const line of text.split('\n')) {
    if (line.startsWith('+')) keys.add(line.slice(1));
    else keys.delete(line.slice(1));
  }
  return keys;
}
