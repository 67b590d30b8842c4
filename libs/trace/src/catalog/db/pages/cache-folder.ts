import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { DirectoryLock } from '../../../journal/files/directory-lock.js';
import { makePrivateFolder, readPrivate, replacePrivate } from '../../../journal/files/private-file.js';
import { journalDir } from '../../../journal/files/segment-file.js';
import { pidExists } from '../../../journal/writer-identity.js';
import { packageVersion } from '../../../model/package-version.js';
import { wallNow } from '../../../model/timers.js';
import { CATALOG_VERSION } from '../schema.js';

/** Age of the last use at which an index is deleted, in milliseconds: it holds texts of traces. */
const MAX_AGE_MS = 7 * 24 * 3_600_000;
/** Indexes of other directories that are kept, the latest used ones. */
const MOST_ENTRIES = 8;
/** Bytes of all kept indexes. */
const MOST_BYTES = 4 * 2 ** 30;
/** Largest ratio of index to journal: 2% for large events, about 1 for tiny ones. Less free space is not filled up. */
const FREE_PER_JOURNAL_BYTE = 0.5;
const FREE_BYTES = 64 * 1024 * 1024;
/** Another container may use the same folder, and its processes are not visible here. */
const ORPHAN_MS = 60 * 60_000;
const NAME = /^[0-9a-f]{32}$/;
const DRAFT = /^trace-catalog-(\d+)-/;

/** Beginning of the name of a folder that belongs to this process until the process ends. */
export const draftPrefix = (): string => `trace-catalog-${process.pid}-`;

const SOURCE = 'source.json';

/** A folder in which an index is built. */
export interface Draft {
  folder: string;
  /** Whether it can become the kept index. */
  canBeKept: boolean;
  /** Deletes it. */
  remove(): void;
}

/**
 * The user's folder of indexes that were built from journals without a usable catalog: one for each directory, with modes
 * 0700 and 0600. A name is made of the directory's real path, the inode of its journal, the versions of index and package:
 * prices of models are part of the package.
 */
export class CacheFolder {
  private readonly root: string | undefined;
  private readonly name: string;
  private readonly dir: string;

  constructor(dir: string) {
    this.dir = realpathSync(dir);
    const { dev, ino } = statSync(journalDir(this.dir));
    const identity = [this.dir, dev, ino, CATALOG_VERSION, packageVersion()].join('\n');
    this.name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    this.root = cacheRoot();
  }

  /** Folder of this directory's index; `undefined` where the user has no cache folder. */
  get entry(): string | undefined {
    return this.root === undefined ? undefined : join(this.root, this.name);
  }

  /** The kept index; `undefined` where there is none. */
  file(): string | undefined {
    const file = this.entry && join(this.entry, 'catalog.db');
    return file !== undefined && attempt(() => lstatSync(file, { throwIfNoEntry: false })?.isFile()) ? file : undefined;
  }

  /** Lock of those who change the kept index. */
  lock(): DirectoryLock {
    return new DirectoryLock(join(this.entry!, 'lock'));
  }

  /** A new folder: beside the kept ones, or a temporary one where that is impossible. It is deleted when the process exits. */
  draft(journalBytes: number): Draft {
    const needed = journalBytes * FREE_PER_JOURNAL_BYTE + FREE_BYTES;
    const prefix = draftPrefix();
    const kept = this.root === undefined ? undefined : attempt(() => makeIn(this.root!, prefix, needed));
    const folder = kept ?? mkdtempSync(join(tmpdir(), prefix));
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    process.once('exit', remove);
    return {
      folder,
      canBeKept: kept !== undefined,
      remove: () => {
        process.off('exit', remove);
        remove();
      },
    };
  }

  /** Keeps what was built. Returns `false` where another process was faster. */
  keep({ folder }: Draft): boolean {
    replacePrivate(join(folder, SOURCE), JSON.stringify({ dir: this.dir }));
    return attempt(() => renameOver(folder, this.entry!)) !== undefined;
  }

  /** Notes that the kept index was used. */
  touch(): void {
    attempt(() => replacePrivate(join(this.entry!, SOURCE), JSON.stringify({ dir: this.dir })));
  }

  /** Deletes the kept index of this directory. */
  remove(): void {
    if (this.entry !== undefined) attempt(() => rmSync(this.entry!, { recursive: true, force: true }));
  }

  /**
   * Deletes indexes that were not used for a week, whose directory is gone, or that are too many or too large, and what
   * killed processes have left.
   */
  prune(): void {
    for (const folder of this.root === undefined ? [tmpdir()] : [tmpdir(), this.root])
      attempt(() => removeDrafts(folder));
    if (this.root === undefined) return;
    const found = attempt(() => readdirSync(this.root!).filter((name) => NAME.test(name) && name !== this.name)) ?? [];
    const used = found.map((name) => ({ path: join(this.root!, name), ...stateOf(join(this.root!, name)) }));
    let bytes = 0;
    for (const [at, entry] of used.sort((a, b) => b.usedMs - a.usedMs).entries()) {
      bytes += entry.bytes;
      const isWanted =
        entry.hasSource && wallNow() - entry.usedMs < MAX_AGE_MS && at < MOST_ENTRIES && bytes < MOST_BYTES;
      if (!isWanted) attempt(() => rmSync(entry.path, { recursive: true, force: true }));
    }
  }
}

/** `undefined` without a home folder, as in some containers, and where the folder is another user's. */
function cacheRoot(): string | undefined {
  const given = process.env['XDG_CACHE_HOME'];
  const base = given !== undefined && isAbsolute(given) ? given : attempt(() => join(homedir(), '.cache'));
  if (base === undefined || !isAbsolute(base)) return undefined;
  const root = join(base, 'nestjs-trace-collector');
  const stat = attempt(() => lstatSync(root, { throwIfNoEntry: false }));
  const uid = process.geteuid?.();
  // A link, or a folder that others may write to: they could choose what is read.
  if (stat && (!stat.isDirectory() || (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o022) !== 0))))
    return undefined;
  return root;
}

function makeIn(root: string, prefix: string, needed: number): string {
  makePrivateFolder(root);
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize < needed) throw new Error('there is not enough room');
  return mkdtempSync(join(root, prefix));
}

/** Renames a folder. Fails where a folder with entries has the name. */
function renameOver(from: string, to: string): true {
  renameSync(from, to);
  return true;
}

/** When an entry was used, its size, and whether its directory is still there. */
function stateOf(path: string): { usedMs: number; bytes: number; hasSource: boolean } {
  try {
    const source = join(path, SOURCE);
    const { dir } = JSON.parse(readPrivate(source, 64 * 1024).toString()) as { dir: string };
    const bytes = lstatSync(join(path, 'catalog.db'), { throwIfNoEntry: false })?.size ?? 0;
    return {
      usedMs: lstatSync(source).mtimeMs,
      bytes,
      hasSource: lstatSync(dir, { throwIfNoEntry: false }) !== undefined,
    };
  } catch {
    return { usedMs: 0, bytes: 0, hasSource: false };
  }
}

/** Deletes folders with a draft or a copy of an index whose process was killed. Throws what the file system throws. */
export function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid === undefined || pidExists(Number(pid))) continue;
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const isOld = stat !== undefined && wallNow() - stat.mtimeMs > ORPHAN_MS;
    if (isOld && stat.isDirectory() && stat.uid === process.geteuid?.()) rmSync(path, { recursive: true, force: true });
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
