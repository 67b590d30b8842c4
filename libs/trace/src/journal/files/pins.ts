import { join } from 'node:path';
import { TraceCollectorError } from '../../model/errors.js';
import type { TraceKey } from '../../model/record.js';
import { ChangeFile } from './change-file.js';

/**
 * Keys of the traces that retention keeps. They have a file of their own because the index can be rebuilt and segments
 * can be deleted. A line is `+<key>` or `-<key>`. It has keys and not ids, because an id contains the contact.
 */
export class Pins {
  private readonly file: ChangeFile<ReadonlySet<TraceKey>>;

  constructor(dir: string) {
    this.file = new ChangeFile(join(dir, 'pins'), parse);
  }

  /**
   * Why the file cannot be read, as a sentence; `undefined` when it can. While there is a problem, `keys` returns what
   * was last read and nothing may be deleted: a pinned trace could be among it.
   */
  get problem(): string | undefined {
    const { failure } = this.file;
    return failure && `Pinned traces cannot be read: ${failure}. Until that works, no trace is deleted.`;
  }

  /** The pinned keys now, with changes by other processes. Never throws. */
  keys(): ReadonlySet<TraceKey> {
    return this.file.read();
  }

  /** Throws `DATA_UNREADABLE` when the file cannot be read, and what the file system throws. */
  set(key: TraceKey, pinned: boolean): void {
    const { problem } = this;
    if (problem) throw new TraceCollectorError('DATA_UNREADABLE', `${problem} Remove ${this.file.path} and try again.`);
    if (this.keys().has(key) === pinned) return;
    this.file.append(`${pinned ? '+' : '-'}${key}`);
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
