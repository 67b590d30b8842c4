import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceKey } from '../model/record.js';
import { FILE_MODE } from './format.js';

const FILE = 'pins';
const NONE: ReadonlySet<TraceKey> = new Set();

/**
 * Traces that somebody wants to keep whatever retention says. A file of its own, as neither an index that can be built
 * anew nor a segment that can go may be the only one to know: a line for each change, `+<key>` or `-<key>`, the last
 * one counts. Lines are only ever appended, so that several processes may. Keys and not ids, which have a contact in them.
 */
export class Pins {
  private readonly path: string;
  private known = NONE;
  private readBytes = 0;

  constructor(dir: string) {
    this.path = join(dir, FILE);
  }

  /** As of now, whichever process made the change. */
  keys(): ReadonlySet<TraceKey> {
    const bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes !== this.readBytes) {
      this.known = bytes === 0 ? NONE : parse(readFileSync(this.path, 'utf8'));
      this.readBytes = bytes;
    }
    return this.known;
  }

  /** Throws what the file system throws. */
  set(key: TraceKey, pinned: boolean): void {
    if (this.keys().has(key) === pinned) return;
    appendFileSync(this.path, `${pinned ? '+' : '-'}${key}\n`, { mode: FILE_MODE });
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
