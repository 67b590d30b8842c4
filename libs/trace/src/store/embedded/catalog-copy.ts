import { closeSync, constants, fstatSync, lstatSync, mkdtempSync, readSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draftPrefix, removeDrafts } from '../../catalog/db/pages/cache-folder.js';
import { createPrivate, openForReading, writeWhole } from '../../journal/files/private-file.js';
import { readBytes } from '../../journal/read/reader.js';

/** A private copy of a directory's catalog. */
export interface CatalogCopy {
  file: string;
  /** Why nothing was copied, as a sentence: the index is built from the journal instead. */
  problem?: string;
  remove(): void;
}

const CHUNK_BYTES = 1024 * 1024;
/** While an application writes, a copy may catch it in the middle of a checkpoint. */
const TRIES = 5;
const WAL_HEADER_BYTES = 32;
/** Largest ratio of index to journal: 2% for large events, about 1 for tiny ones. */
const MOST_PER_JOURNAL_BYTE = 4;
const FREE_BYTES = 64 * 1024 * 1024;
/** The unit of `stat.blocks`. A file that takes less than a 64th of its size is no database, compressed or not. */
const BLOCK_BYTES = 512;
const SPARSE = 64;

/**
 * Copies `<dir>/catalog.db` to a temporary place. Nothing in the directory is opened for writing, and nothing but a
 * regular file is read. Where there is no catalog, or it must not be copied, the index is built from the journal. The copy
 * is deleted when the process exits; the next copy deletes those that a kill -9 left.
 * @param journalBytes size of the journal: a catalog that is much larger holds nothing
 */
export function copyCatalog(dir: string, journalBytes: number): CatalogCopy {
  removeOrphans();
  const folder = mkdtempSync(join(tmpdir(), draftPrefix()));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const copy: CatalogCopy = {
    file: join(folder, 'catalog.db'),
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
  const source = join(dir, 'catalog.db');
  try {
    if (lstatSync(source, { throwIfNoEntry: false })) copyWhole(source, copy.file, journalBytes);
  } catch (error) {
    for (const suffix of ['', '-wal']) rmSync(copy.file + suffix, { force: true });
    copy.problem = `The index in ${dir} is not used: ${(error as Error).message}. The journal is read instead.`;
  }
  return copy;
}

/**
 * Database and log must be of one moment. A log that has the same header before and after still has every page that was
 * moved into the database meanwhile; without a log, the database must not have changed.
 */
function copyWhole(source: string, target: string, journalBytes: number): void {
  for (let left = TRIES; left > 0; left -= 1) {
    const before = stampOf(source);
    const room = Math.max(FREE_BYTES, journalBytes * MOST_PER_JOURNAL_BYTE);
    copyFile(source, target, room);
    if (before.log !== '') copyFile(`${source}-wal`, `${target}-wal`, room);
    const after = stampOf(source);
    if (before.log === after.log && (before.log !== '' || before.database === after.database)) return;
    for (const suffix of ['', '-wal']) rmSync(target + suffix, { force: true });
  }
  throw new Error('it changes too fast to be copied');
}

interface Stamp {
  database: string;
  /** Header of the write-ahead log, which gets new random numbers at each restart of the log; empty: no log. */
  log: string;
}

function stampOf(source: string): Stamp {
  const stat = lstatSync(source, { bigint: true });
  const database = `${stat.ino}.${stat.size}.${stat.mtimeNs}`;
  if (!lstatSync(`${source}-wal`, { throwIfNoEntry: false })) return { database, log: '' };
  const fd = openForReading(`${source}-wal`);
  try {
    return { database, log: readBytes(fd, 0, WAL_HEADER_BYTES).toString('hex') };
  } finally {
    closeSync(fd);
  }
}

function copyFile(from: string, to: string, most: number): void {
  const source = openForReading(from);
  try {
    const { size, blocks } = fstatSync(source);
    if (size > FREE_BYTES && blocks * BLOCK_BYTES * SPARSE < size) throw new Error(`${from} is a sparse file`);
    if (size > most) throw new Error(`${from} has ${size} bytes, more than an index of this journal has`);
    const { bavail, bsize } = statfsSync(tmpdir());
    if (size > bavail * bsize - FREE_BYTES) throw new Error(`there is no room in ${tmpdir()} for ${size} bytes`);
    const target = createPrivate(to, constants.O_WRONLY).fd;
    try {
      pump(source, target, size);
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

function pump(source: number, target: number, size: number): void {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, size)));
  for (let at = 0; at < size;) {
    const got = readSync(source, chunk, 0, Math.min(chunk.length, size - at), at);
    if (got === 0) return;
    writeWhole(target, chunk.subarray(0, got));
    at += got;
  }
}

/** Deletes copies whose process was killed. */
function removeOrphans(): void {
  try {
    removeDrafts(tmpdir());
  } catch {
    // A copy of another user cannot be deleted.
  }
}
