import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { isOutOfDescriptors } from '../../journal/files/free-descriptors.js';
import { makePrivateFolder, NotAFile } from '../../journal/files/private-file.js';
import { CatalogDb, IN_MEMORY } from './catalog-db.js';
import { ChangeLog } from './change-log.js';
import { removeCatalog } from './schema.js';
import { inMemoryOnly, isUnwritable, SQLITE, sqliteCode } from './sqlite/sqlite.js';
import { performance } from '../../model/timers.js';

/** Between two tries to open a file that could not be opened, and between two looks at an open one, in milliseconds. */
const RETRY_MS = 2_000;
const LOOK_MS = 500;

/**
 * Where the index is kept: in its file, or in memory while the file cannot be used. A directory that becomes writable
 * gets the file without a restart, and a file that others removed or replaced is opened anew: SQLite would go on in the
 * old one, and a connection that met a read-only disk once stays read-only.
 */
export class CatalogHome {
  /** Why the index is not in its file, or what happened to the file. */
  problem: string | undefined;
  private readonly changes: ChangeLog | undefined;
  private readonly memoryOnly: boolean;
  private inode = '';
  private nextLook = 0;

  /** @param create whether the directory may be created */
  constructor(
    readonly file: string,
    private readonly create: boolean,
  ) {
    this.memoryOnly = inMemoryOnly();
    if (this.memoryOnly && create) this.changes = new ChangeLog(`${file}.changes`);
  }

  /** Opens the index. Throws what SQLite throws for anything but a place that cannot be written. */
  open(): CatalogDb {
    if (this.memoryOnly) return this.openMemory();
    const now = performance.now();
    try {
      const db = this.openFile();
      this.problem = undefined;
      this.nextLook = now + LOOK_MS;
      return db;
    } catch (error) {
      if (!isPlaceProblem(error)) throw error;
      this.problem = `The index cannot be kept in ${this.file} (${(error as Error).message}); it is in memory only.`;
      this.nextLook = now + RETRY_MS;
      return new CatalogDb(IN_MEMORY);
    }
  }

  /** A database to use instead of `db`, or `undefined` when `db` is the right one. Looks twice a second at most. */
  replacement(db: CatalogDb): CatalogDb | undefined {
    const now = performance.now();
    if (this.memoryOnly || now < this.nextLook) return undefined;
    this.nextLook = now + LOOK_MS;
    if (db.file !== IN_MEMORY) return this.inode === inodeOf(this.file) ? undefined : this.open();
    this.nextLook = now + RETRY_MS;
    try {
      const found = this.openFile();
      this.problem = undefined;
      return found;
    } catch {
      // As before. What else is wrong is reported when the file is used.
      return undefined;
    }
  }

  /** Whether the index, in memory by choice, has as much memory as it may. */
  isFull(error: unknown): boolean {
    return this.memoryOnly && sqliteCode(error) === SQLITE.FULL;
  }

  /** An index file of before would keep what is erased from now on. */
  private openMemory(): CatalogDb {
    try {
      if (this.create) removeCatalog(this.file);
    } catch {
      // Read-only: nothing can be erased there either.
    }
    return new CatalogDb(IN_MEMORY, this.changes);
  }

  private openFile(): CatalogDb {
    if (this.create) makePrivateFolder(dirname(this.file));
    const db = new CatalogDb(this.file);
    this.inode = inodeOf(this.file);
    return db;
  }
}

/** The place cannot be used now, which may change: read-only, full, not ours, something else in the way. */
function isPlaceProblem(error: unknown): boolean {
  if (isUnwritable(error) || error instanceof NotAFile) return true;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && syscall !== undefined && !isOutOfDescriptors(error);
}

function inodeOf(file: string): string {
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    return stat ? `${stat.dev}.${stat.ino}` : '';
  } catch {
    return '';
  }
}
