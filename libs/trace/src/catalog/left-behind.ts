import { closeSync, openSync, readSync } from 'node:fs';
import type { CatalogDb } from './catalog-db.js';

const CHUNK_BYTES = 1024 * 1024;
const IN_MEMORY = ':memory:';
/** To look for more takes longer than to write the file anew. */
const MOST_TEXTS = 100;

/**
 * Takes what was deleted out of the file for good. `secure_delete` zeroes what it knows of; where SQLite moved a row
 * within its page, or to another one, the bytes of before can stay in between (seen in one of twenty erasings under
 * load). The file is written anew only where one of `texts` is found in it: that takes as long as reading all of it.
 */
export function removeLeftovers(db: CatalogDb, texts: Buffer[]): void {
  db.get('checkpoint');
  if (db.file === IN_MEMORY) return;
  if (texts.length <= MOST_TEXTS && !holdsAny(db.file, texts)) return;
  db.rewrite();
  db.get('checkpoint');
}

function holdsAny(path: string, texts: Buffer[]): boolean {
  const longest = Math.max(0, ...texts.map(({ length }) => length));
  if (longest === 0) return false;
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES + longest);
    for (let kept = 0; ;) {
      const got = readSync(fd, buffer, kept, CHUNK_BYTES, null);
      if (got === 0) return false;
      const bytes = buffer.subarray(0, kept + got);
      if (texts.some((text) => bytes.includes(text))) return true;
      // A text may lie across two chunks.
      kept = Math.min(longest - 1, bytes.length);
      buffer.copy(buffer, 0, bytes.length - kept, bytes.length);
    }
  } finally {
    closeSync(fd);
  }
}
