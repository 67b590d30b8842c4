import { closeSync, constants, lstatSync, readdirSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivate, makePrivateFolder, readPrivate } from '../../journal/files/private-file.js';
import { sha256 } from '../../model/hash.js';
import type { Micros } from '../../model/record.js';
import type { AlertClaim, SentAlert, SentAlerts } from '../../store/sent-alerts.js';

const MAX_FILE_BYTES = 10_000;
const MAX_TITLE = 400;
/** Time after which a subject that was not seen any more is forgotten. Longer windows keep it for twice their length. */
const KEPT_MS = 30 * 86_400_000;
/** Subjects that a list looks at. */
const MAX_LISTED = 2_000;

/**
 * The alerts that the processes of one directory sent, in `<dir>/alerts`: a folder for each rule and subject, in it one
 * file whose number grows with each alert. Its time is when the subject was seen last. Creating the next number succeeds
 * for one process only, so no lock is needed. It is no table of the index, which may be deleted at any time.
 */
export class DirectorySent implements SentAlerts {
  private readonly folder: string;

  constructor(dir: string) {
    this.folder = join(dir, 'alerts');
  }

  /** Rejects with what the file system throws. */
  async claim({ rule, subject, at, holdMs, extend = false, alert }: AlertClaim): Promise<boolean> {
    const folder = join(this.folder, sha256(`${rule}\0${subject}`).toString('hex', 0, 16));
    makePrivateFolder(folder);
    const numbers = numbersIn(folder);
    const last = Math.max(0, ...numbers);
    if (last > 0) {
      const path = join(folder, String(last));
      const seen = seenAt(path);
      // Another process is just replacing it.
      if (seen === undefined) return false;
      if (at - seen < holdMs * 1_000) {
        if (extend && at > seen) setSeen(path, at);
        return false;
      }
    }
    if (!create(join(folder, String(last + 1)), at, { rule, subject, at, ...alert })) return false;
    for (const number of numbers) rmSync(join(folder, String(number)), { force: true });
    return true;
  }

  async list(limit: number): Promise<SentAlert[]> {
    const found = entriesOf(this.folder)
      .slice(0, MAX_LISTED)
      .flatMap((name) => alertIn(join(this.folder, name)) ?? []);
    return found.sort((a, b) => b.at - a.at).slice(0, limit);
  }

  /** Forgets subjects that were last seen long ago. @param longestMs the longest window of a rule */
  prune(now: Micros, longestMs: number): void {
    const oldest = now - Math.max(KEPT_MS, 2 * longestMs) * 1_000;
    for (const name of entriesOf(this.folder)) {
      const folder = join(this.folder, name);
      const last = Math.max(0, ...numbersIn(folder));
      const seen = last > 0 ? seenAt(join(folder, String(last))) : undefined;
      if (seen !== undefined && seen < oldest) rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** `false`: another process was first. */
function create(path: string, at: Micros, content: object): boolean {
  let fd: number;
  try {
    fd = createPrivate(path, constants.O_WRONLY).fd;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, `${JSON.stringify(content)}\n`);
  } finally {
    closeSync(fd);
  }
  setSeen(path, at);
  return true;
}

function setSeen(path: string, at: Micros): void {
  try {
    utimesSync(path, at / 1e6, at / 1e6);
  } catch {
    // Another process has replaced the file, which is later.
  }
}

function seenAt(path: string): Micros | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && Math.round(stat.mtimeMs * 1_000);
}

function alertIn(folder: string): SentAlert | undefined {
  const last = Math.max(0, ...numbersIn(folder));
  if (last === 0) return undefined;
  try {
    const { rule, subject, at, title, instance } = JSON.parse(
      readPrivate(join(folder, String(last)), MAX_FILE_BYTES).toString(),
    ) as Partial<SentAlert>;
    // A subject that was only seen has no title.
    if (typeof title !== 'string' || typeof at !== 'number') return undefined;
    return {
      rule: String(rule),
      subject: String(subject),
      at,
      title: title.slice(0, MAX_TITLE),
      instance: String(instance),
    };
  } catch {
    return undefined;
  }
}

function numbersIn(folder: string): number[] {
  return entriesOf(folder)
    .filter((name) => /^[1-9]\d{0,9}$/.test(name))
    .map(Number);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
