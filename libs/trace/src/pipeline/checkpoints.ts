import { closeSync, constants, lstatSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, openPrivate, readPrivate, replacePrivate } from '../journal/files/private-file.js';
import { segmentPath } from '../journal/read/segment-path.js';
import type { SegmentInfo } from '../journal/read/segments.js';
import { wallNow } from '../model/timers.js';

/** A place in the segments of one writer: everything before it was consumed. */
export interface Checkpoint {
  segment: number;
  offset: number;
}

export const DEFAULT_MAX_LAG_BYTES = 256 * 1024 * 1024;

const SETTINGS = 'settings.json';
const LOST = 'lost';
const SUFFIX = '.json';
/** A checkpoint has about 40 bytes. A line about a lost segment has 20: this is enough for 50,000 of them. */
const MAX_FILE_BYTES = 1024 * 1024;
const SAFE_NAME = /^[a-z][a-z0-9-]*$/;

/** `<dir>/consumers`, with a folder for each durable consumer. */
function consumersDir(dir: string): string {
  return join(dir, 'consumers');
}

/** Names of the durable consumers that the directory ever had. */
export function consumerNames(dir: string): string[] {
  return entriesOf(consumersDir(dir)).filter((name) => SAFE_NAME.test(name));
}

/** Bytes of a segment behind a checkpoint of its writer. */
export function unreadBytes(file: SegmentInfo, at: Checkpoint | undefined): number {
  if (!at || file.number > at.segment) return file.size;
  return file.number < at.segment ? 0 : Math.max(0, file.size - at.offset);
}

/**
 * State of one durable consumer in a directory, in `<dir>/consumers/<name>`: a checkpoint for each writer
 * (`<writer>.json`), so that no two processes write the same file; its settings, for the retention of processes that do
 * not have the consumer; and the bytes that retention deleted before it read them. Files are replaced atomically. One
 * that is damaged counts as missing, and its records are delivered again.
 */
export class Checkpoints {
  private readonly folder: string;

  constructor(
    private readonly dir: string,
    name: string,
  ) {
    this.folder = join(consumersDir(dir), name);
  }

  /** Path of the lock of the process that reads what dead writers left. */
  get lockPath(): string {
    return join(this.folder, 'orphans.lock');
  }

  /** Creates the folder and writes the settings. Throws what the file system throws. */
  register(maxLagBytes: number): void {
    makePrivateFolder(this.folder);
    this.replace(SETTINGS, { maxLagBytes });
  }

  /** Milliseconds since the consumer was last registered. `Infinity`: never. */
  age(): number {
    const stat = lstatSync(join(this.folder, SETTINGS), { throwIfNoEntry: false });
    return stat ? wallNow() - stat.mtimeMs : Number.POSITIVE_INFINITY;
  }

  /** Bytes that retention keeps for it. */
  maxLagBytes(): number {
    const { maxLagBytes } = this.parsed<{ maxLagBytes?: unknown }>(SETTINGS) ?? {};
    return isCount(maxLagBytes) ? maxLagBytes : DEFAULT_MAX_LAG_BYTES;
  }

  read(writer: string): Checkpoint | undefined {
    const { segment, offset } = this.parsed<Checkpoint>(writer + SUFFIX) ?? {};
    return isCount(segment) && isCount(offset) ? { segment, offset } : undefined;
  }

  /** Throws what the file system throws. */
  write(writer: string, { segment, offset }: Checkpoint): void {
    this.replace(writer + SUFFIX, { segment, offset });
  }

  /** Removes checkpoints whose segment is gone: a reader without one begins at the writer's oldest segment, which is later. */
  removeOld(): void {
    for (const name of entriesOf(this.folder)) {
      if (!name.endsWith(SUFFIX)) continue;
      const at = this.read(name.slice(0, -SUFFIX.length));
      if (at && segmentPath(this.dir, at.segment) === undefined) rmSync(join(this.folder, name), { force: true });
    }
  }

  /** Notes that a segment was deleted with unread bytes. A second note of the same segment changes nothing. */
  addLost(segment: number, bytes: number): void {
    const fd = openPrivate(join(this.folder, LOST), constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      writeSync(fd, `${segment} ${bytes}\n`);
    } finally {
      closeSync(fd);
    }
  }

  /** Bytes of all segments that were deleted before they were read. */
  lostBytes(): number {
    const lost = new Map<string, number>();
    for (const line of this.text(LOST)?.split('\n') ?? []) {
      const [segment = '', bytes] = line.split(' ');
      if (!lost.has(segment)) lost.set(segment, Number(bytes) || 0);
    }
    return [...lost.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  private replace(name: string, value: object): void {
    replacePrivate(join(this.folder, name), `${JSON.stringify(value)}\n`);
  }

  private parsed<T>(name: string): Partial<T> | undefined {
    try {
      return JSON.parse(this.text(name) ?? 'null') as Partial<T> | undefined;
    } catch {
      return undefined;
    }
  }

  private text(name: string): string | undefined {
    try {
      return readPrivate(join(this.folder, name), MAX_FILE_BYTES).toString();
    } catch {
      return undefined;
    }
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
