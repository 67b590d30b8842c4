import { closeSync, constants, lstatSync } from 'node:fs';
import { createPrivate, kindOf, NotAFile, tightenPath } from '../../journal/files/private-file.js';

const FILES = ['', '-wal', '-shm', '-journal'];

/**
 * Creates the catalog's file with mode 0600 before SQLite opens it: SQLite would create it with mode 644, and gives the files
 * beside the database the mode of the database. SQLite follows links, so none of these files may be one.
 * Throws `NotAFile`, and what the file system throws.
 */
export function prepareCatalogFile(file: string): void {
  for (const suffix of FILES) {
    const stat = lstatSync(file + suffix, { throwIfNoEntry: false });
    const kind = stat && kindOf(stat);
    if (kind) throw new NotAFile(file + suffix, kind);
  }
  try {
    // No connection has it open yet, so that closing it releases no lock.
    closeSync(createPrivate(file, constants.O_RDWR).fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  for (const suffix of FILES) tightenIfThere(file + suffix);
}

/** Another process may delete one of SQLite's files at any moment; a read-only file system keeps its modes. */
function tightenIfThere(path: string): void {
  try {
    tightenPath(path);
  } catch {
    // `tightenModes` reports it.
  }
}
