import { readBytes } from '../../journal/read/reader.js';
import { IN_MEMORY, type CatalogDb } from '../../catalog/db/catalog-db.js';

/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024;
/** A search for more texts takes longer than rewriting the file. */
const MOST_TEXTS = 100;

/**
 * Removes the remains of deleted rows from the file. `secure_delete` zeroes deleted rows, but when SQLite moves a row within
 * its page or to another one, old bytes can stay between rows (seen in one of twenty erasures under load). The file is
 * rewritten only if one of `texts` is found in it, which takes as long as reading it.
 */
export function scrubFreePages(db: CatalogDb, texts: Buffer[]): void {
  db.get('checkpoint');
  if (db.file === IN_MEMORY) return;
  if (texts.length <= MOST_TEXTS && !holdsAny(db.rawFile, texts)) return;
  db.rewrite();
  db.get('checkpoint');
}

function holdsAny(fd: number, texts: Buffer[]): boolean {
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  if (longest === 0) return false;
  for (let offset = 0; ; offset += CHUNK_BYTES) {
    // A text may span two chunks.
    const bytes = readBytes(fd, offset, CHUNK_BYTES + longest);
    if (bytes.length === 0) return false;
    if (texts.some((text) => bytes.includes(text))) return true;
  }
}
