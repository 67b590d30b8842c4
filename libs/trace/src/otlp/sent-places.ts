import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, readPrivate, replacePrivate } from '../journal/files/private-file.js';
import { segmentPath } from '../journal/read/segment-path.js';
import type { Checkpoint } from '../pipeline/checkpoints.js';

const SUFFIX = '.sent';
const MAX_FILE_BYTES = 200;

/** Whether a place is behind another one of the same writer. */
export function isBehind(a: Checkpoint, b: Checkpoint | undefined): boolean {
  return b === undefined || a.segment > b.segment || (a.segment === b.segment && a.offset > b.offset);
}

/**
 * Up to which place of each writer its ended traces were sent, in `<dir>/consumers/otlp/<writer>.sent`. It is written after
 * each request, so that the next process sends none of it again.
 */
export class SentPlaces {
  private readonly known = new Map<string, Checkpoint>();
  private readonly folder: string;

  constructor(
    private readonly dir: string,
    consumer: string,
  ) {
    this.folder = join(dir, 'consumers', consumer);
  }

  /** `undefined`: nothing was sent. */
  of(writer: string): Checkpoint | undefined {
    return this.known.get(writer);
  }

  /** Throws what the file system throws. */
  moved(writer: string, to: Checkpoint): void {
    this.known.set(writer, to);
    makePrivateFolder(this.folder);
    replacePrivate(join(this.folder, writer + SUFFIX), `${JSON.stringify(to)}\n`);
  }

  /** Another process may have sent meanwhile what a dead one left. */
  refresh(writer: string): void {
    const stored = this.read(writer);
    if (stored && isBehind(stored, this.known.get(writer))) this.known.set(writer, stored);
  }

  /** Removes the places of writers whose segments are gone. */
  removeOld(): void {
    for (const name of namesIn(this.folder)) {
      if (!name.endsWith(SUFFIX)) continue;
      const at = this.read(name.slice(0, -SUFFIX.length));
      if (at && segmentPath(this.dir, at.segment) === undefined) rmSync(join(this.folder, name), { force: true });
    }
  }

  private read(writer: string): Checkpoint | undefined {
    try {
      const text = readPrivate(join(this.folder, writer + SUFFIX), MAX_FILE_BYTES).toString();
      const { segment, offset } = JSON.parse(text) as Partial<Checkpoint>;
      return Number.isSafeInteger(segment) && Number.isSafeInteger(offset)
        ? ({ segment, offset } as Checkpoint)
        : undefined;
    } catch {
      return undefined;
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
