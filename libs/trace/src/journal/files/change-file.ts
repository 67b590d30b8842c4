import { closeSync, constants, lstatSync } from 'node:fs';
import { openPrivate, readPrivate, writeWhole } from './private-file.js';

/** Largest file that is read, in bytes: two million changes of pins. */
const MAX_BYTES = 64 * 1024 * 1024;
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;

/**
 * A small file with a line for each change, of which the last about a thing counts. Lines are only appended, so several
 * processes can write.
 */
export class ChangeFile<T> {
  private known: T;
  private version = '';
  private failed: string | undefined;

  /** @param parse reads the lines of the file; an empty text where there is none */
  constructor(
    readonly path: string,
    private readonly parse: (text: string) => T,
  ) {
    this.known = parse('');
  }

  /** Why the file cannot be read; `undefined`: it can. */
  get failure(): string | undefined {
    this.read();
    return this.failed;
  }

  /** What the file says now, with changes by other processes; what it said last where it cannot be read. Never throws. */
  read(): T {
    try {
      const stat = lstatSync(this.path, { throwIfNoEntry: false });
      const version = stat?.isFile() ? `${stat.ino}.${stat.size}.${stat.mtimeMs}` : String(stat === undefined);
      if (version !== this.version || this.failed !== undefined) {
        this.known = this.parse(stat ? readPrivate(this.path, MAX_BYTES).toString() : '');
        this.version = version;
        this.failed = undefined;
      }
    } catch (error) {
      this.failed = (error as Error).message;
    }
    return this.known;
  }

  /** Adds a line. Throws what the file system throws. */
  append(text: string): void {
    const line = Buffer.from(`${text}\n`);
    const fd = openPrivate(this.path, APPEND);
    try {
      writeWhole(fd, line);
    } finally {
      closeSync(fd);
    }
  }
}
