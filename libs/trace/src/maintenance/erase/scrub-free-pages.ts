import { readBytes } from '../../journal/read/reader.js';
import { IN_MEMORY, type CatalogDb } from '../../catalog/db/catalog-db.js';

const CHUNK_BYTES = 1024 * 1024;
/** To look for more takes longer than to write the file anew. */
const MOST_TEXTS = 100;

/**
 * Takes what was deleted out of the file for good. `secure_delete` zeroes what it knows of; where SQLite moved a row
 * within its page, or to another one, the bytes of before can stay in between (seen in one of twenty erasings under
 * load). The file is written anew only where one of `texts` is found in it: that takes as long as reading all of it.
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
    // A text may lie across two chunks.
    const bytes = readBytes(fd, offset, CHUNK_BYTES + longest);
    if (bytes.length === 0) return false;
    if (texts.some((text) => bytes.includes(text))) return true;
  }
}
