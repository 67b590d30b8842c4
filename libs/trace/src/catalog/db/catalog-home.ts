import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { isOutOfDescriptors } from '../../journal/files/free-descriptors.js';
import { makePrivateFolder, NotAFile } from '../../journal/files/private-file.js';
import type { SegmentListing } from '../../journal/read/segment-listing.js';
import { CatalogDb, IN_MEMORY } from './catalog-db.js';
import { ChangeLog } from './change-log.js';
import { removeCatalog } from './schema.js';
import { inMemoryOnly, isUnwritable, SQLITE, sqliteCode } from './sqlite/sqlite.js';
import { performance } from '../../model/timers.js';

/** Interval of attempts to open a file that could not be opened, in milliseconds. */
const RETRY_MS = 2_000;
/** Interval of checks that an open file is still in its place, in milliseconds. */
const CHECK_MS = 500;

/** Where an index is. */
export interface IndexHome {
  /** Why the index is not in its place, or what happened to it. */
  readonly problem: string | undefined;
  /** Gives the segments' files, before the index is opened. */
  attach?(listing: SegmentListing): void;
  /** Opens the index. Throws what SQLite throws. */
  open(): CatalogDb;
  /** A database to use instead of `db`; `undefined` while `db` is current. */
  replacement(db: CatalogDb): CatalogDb | undefined;
  /** Deletes a damaged index, or that of another journal, which is closed. `open` then opens a new one. */
  discard(db: CatalogDb, cause: Error): void;
  /** Whether the file was overwritten under `db`, whose calls fail: `open` then opens its current state. */
  isLost?(db: CatalogDb): boolean;
  /** All that the journal holds is indexed. */
  finish?(): void;
  /** Closes what belongs to the place, before the database itself is closed. */
  close?(): void;
  /** Name of the SQLite that the place needs. Default: the one of this thread. */
  readonly sqlite?: string;
  /** Whether the error says that the index, where it is always in memory, has reached its limit. */
  isFull(error: unknown): boolean;
}

/**
 * Opens the index in its file, or in memory while the file cannot be used. When the directory becomes writable, the index
 * moves to the file without a restart. A file that another program deleted or replaced is opened again: SQLite would keep
 * writing to the old one, and a connection that was once read-only stays read-only.
 */
export class CatalogHome implements IndexHome {
  /** Why the index is not in its file, or what happened to the file. */
  problem: string | undefined;
  private readonly changes: ChangeLog | undefined;
  private readonly memoryOnly: boolean;
  private inode = '';
  private nextCheck = 0;

  /** @param create whether the directory may be created */
  constructor(
    readonly file: string,
    private readonly create: boolean,
  ) {
    this.memoryOnly = inMemoryOnly();
    if (this.memoryOnly && create) this.changes = new ChangeLog(`${file}.changes`);
  }

  /** Opens the index, in memory if its file cannot be written. Throws what else SQLite throws. */
  open(): CatalogDb {
    if (this.memoryOnly) return this.openMemory();
    const now = performance.now();
    try {
      const db = this.openFile();
      this.problem = undefined;
      this.nextCheck = now + CHECK_MS;
      return db;
    } catch (error) {
      if (!isPlaceProblem(error)) throw error;
      this.problem = `The index cannot be kept in ${this.file} (${(error as Error).message}); it is in memory only.`;
      this.nextCheck = now + RETRY_MS;
      return new CatalogDb(IN_MEMORY);
    }
  }

  /** A database to use instead of `db`; `undefined` while `db` is current. Checks at most twice a second. */
  replacement(db: CatalogDb): CatalogDb | undefined {
    const now = performance.now();
    if (this.memoryOnly || now < this.nextCheck) return undefined;
    this.nextCheck = now + CHECK_MS;
    if (db.file !== IN_MEMORY) return this.inode === inodeOf(this.file) ? undefined : this.open();
    this.nextCheck = now + RETRY_MS;
    try {
      const found = this.openFile();
      this.problem = undefined;
      return found;
    } catch {
      // The index stays in memory. Other faults are reported when the file is used.
      return undefined;
    }
  }

  /** Deletes a damaged index, or that of another journal, which is closed. `open` then opens a new one. */
  discard({ file }: CatalogDb): void {
    if (file !== IN_MEMORY) removeCatalog(file);
  }

  /** Whether the error says that the index, where it is always in memory, has reached its limit. */
  isFull(error: unknown): boolean {
    return this.memoryOnly && sqliteCode(error) === SQLITE.FULL;
  }

  /** Deletes an index file of an earlier run, which would keep data that is erased later. */
  private openMemory(): CatalogDb {
    try {
      if (this.create) removeCatalog(this.file);
    } catch {
      // Read-only: nothing can be erased in it either.
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

/** Whether the file cannot be used for a reason that may pass: read-only, full, without permission, or no regular file. */
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
