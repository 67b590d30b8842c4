import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type SqlDatabase } from './sqlite.js';

/** A private copy of a directory's catalog, and the way to be rid of it. */
export interface CatalogCopy {
  file: string;
  remove(): void;
}

/** Copies `<dir>/catalog.db` to a temporary place. Where there is none, or it cannot be read, the copy will be built anew. */
export function copyCatalog(dir: string): CatalogCopy {
  const folder = mkdtempSync(join(tmpdir(), 'trace-catalog-'));
  const file = join(folder, 'catalog.db');
  const source = join(dir, 'catalog.db');
  const held = existsSync(source) ? holdStill(source) : undefined;
  try {
    copyIfThere(source, file);
    copyIfThere(`${source}-wal`, `${file}-wal`);
  } finally {
    held?.close();
  }
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * An open read transaction keeps the write-ahead log from beginning anew, so that a log copied after the database has
 * every page that a checkpoint may have moved meanwhile. A read-only file system refuses it, and has no writers either.
 */
function holdStill(source: string): SqlDatabase | undefined {
  let db: SqlDatabase | undefined;
  try {
    db = openSqlite(source, { readOnly: true });
    db.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
    return db;
  } catch {
    db?.close();
    return undefined;
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch {
    // Missing or unreadable: the journal has it all.
    rmSync(to, { force: true });
  }
}
