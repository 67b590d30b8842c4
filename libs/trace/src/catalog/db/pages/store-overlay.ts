import { randomBytes } from 'node:crypto';
import { closeSync, constants, renameSync, rmSync } from 'node:fs';
import { createPrivate, openPrivate, writeWhole } from '../../../journal/files/private-file.js';
import type { CatalogSnapshot } from './catalog-snapshot.js';
import type { OverlayFile } from './overlay-file.js';
import { PAGE_BYTES, walOf } from './wal-frames.js';

/** Size at which the log is moved into the database, in bytes: every command reads the log whole. */
const LOG_BYTES = 4 * 1024 * 1024;

/**
 * Writes changed pages to a kept index, under its lock: as a log that replaces the one before, in one rename, and from a
 * certain size on into the file itself. A process that dies meanwhile leaves the log, whose pages are then read from it.
 * @param isErasing move the log into the file in any case: pages of it have texts that were deleted
 */
export function storeOverlay(file: string, snapshot: CatalogSnapshot, overlay: OverlayFile, isErasing: boolean): void {
  const pages = new Map([...snapshot.inLog, ...overlay.written]);
  for (const page of pages.keys()) if (page > overlay.pages) pages.delete(page);
  const log = `${file}-wal`;
  const draft = `${log}.tmp`;
  rmSync(draft, { force: true });
  writeTo(createPrivate(draft, constants.O_WRONLY).fd, [[0, walOf(pages, overlay.pages, randomBytes(8))]]);
  renameSync(draft, log);
  if (!isErasing && pages.size * PAGE_BYTES < LOG_BYTES) return;
  // Readers with an older log find this file, and take their snapshot again.
  const shared = `${file}-shm`;
  rmSync(shared, { force: true });
  writeTo(createPrivate(shared, constants.O_WRONLY).fd, [[0, randomBytes(PAGE_BYTES)]]);
  const places = Array.from(pages, ([page, bytes]): [number, Uint8Array] => [(page - 1) * PAGE_BYTES, bytes]);
  writeTo(openPrivate(file, constants.O_RDWR), places);
  rmSync(log, { force: true });
  rmSync(shared, { force: true });
}

function writeTo(fd: number, parts: readonly [at: number, bytes: Uint8Array][]): void {
  try {
    for (const [at, bytes] of parts) writeWhole(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}
