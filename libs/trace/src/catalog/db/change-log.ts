import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, renameSync, rmSync, writeSync } from 'node:fs';
import { createPrivate, openForReading, openPrivate } from '../../journal/files/private-file.js';
import { readBytes } from '../../journal/read/reader.js';

/** Size at which a new log is begun, in bytes. A line has about 20. */
const MAX_BYTES = 64 * 1024;

/** Changes that other processes made to the journal. */
export interface JournalChanges {
  /** Segments with overwritten lines; `all`: any segment may have some. */
  segments: Set<number> | 'all';
  /** Keys of active traces that were erased: their later records are erased as well. */
  erased: string[];
}

/**
 * Lists what a process overwrote in the journal, for processes with an index of their own, in memory: the size and the ends
 * of a segment do not show it. One line per change: `<process> s <segment>` or `<process> e <trace key>`.
 */
export class ChangeLog {
  private readonly own = randomBytes(4).toString('hex');
  private inode = -1;
  private read = 0;

  constructor(private readonly path: string) {}

  /** Adds a segment of which lines were overwritten. */
  overwritten(segment: number): void {
    this.append(`${this.own} s ${segment}\n`);
  }

  /** Adds an active trace that was erased. */
  erased(key: string): void {
    this.append(`${this.own} e ${key}\n`);
  }

  /** Changes by other processes since the last call; the first call returns the whole log. */
  changes(): JournalChanges | undefined {
    const stat = lstatSync(this.path, { throwIfNoEntry: false });
    if (!stat?.isFile() || (stat.ino === this.inode && stat.size <= this.read)) return undefined;
    const isOther = this.inode !== -1 && stat.ino !== this.inode;
    if (stat.ino !== this.inode) this.read = 0;
    this.inode = stat.ino;
    const fd = openForReading(this.path);
    try {
      const text = readBytes(fd, this.read, stat.size - this.read).toString();
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      this.read += Buffer.byteLength(whole);
      return this.parse(whole, isOther);
    } finally {
      closeSync(fd);
    }
  }

  private parse(text: string, isOther: boolean): JournalChanges | undefined {
    const segments = new Set<number>();
    const erased: string[] = [];
    for (const line of text.split('\n')) {
      const [by, kind, what] = line.split(' ');
      if (by === this.own || what === undefined) continue;
      if (kind === 's') segments.add(Number(what));
      else erased.push(what);
    }
    if (!isOther && segments.size === 0 && erased.length === 0) return undefined;
    return { segments: isOther ? 'all' : segments, erased };
  }

  private append(line: string): void {
    const fd = openPrivate(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      writeSync(fd, line);
      if (fstatSync(fd).size > MAX_BYTES) this.beginNew();
    } finally {
      closeSync(fd);
    }
  }

  /** Keeps the erased traces of the old log. The new inode makes readers read all segments again. */
  private beginNew(): void {
    const fd = openForReading(this.path);
    const kept = readBytes(fd, 0, 2 * MAX_BYTES)
      .toString()
      .split('\n')
      .filter((line) => line.split(' ')[1] === 'e')
      .slice(-MAX_BYTES / 128);
    closeSync(fd);
    const next = `${this.path}.tmp`;
    rmSync(next, { force: true });
    const created = createPrivate(next, constants.O_WRONLY);
    writeSync(created.fd, kept.map((line) => `${line}\n`).join(''));
    closeSync(created.fd);
    renameSync(next, this.path);
    // The index of this process is up to date.
    this.inode = created.inode;
    this.read = 0;
  }
}
