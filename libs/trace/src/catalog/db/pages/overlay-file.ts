import type { DatabaseFile } from '../sqlite/wasm-files.js';
import { MODES_AT, type CatalogSnapshot } from './catalog-snapshot.js';
import { PAGE_BYTES } from './wal-frames.js';

/** A snapshot as a file that can be written: what is written stays in memory. */
export class OverlayFile implements DatabaseFile {
  /** Pages that were written, by number from 1. */
  readonly written = new Map<number, Uint8Array>();
  /** Number of pages. */
  pages: number;
  private readonly scratch = new Uint8Array(PAGE_BYTES);

  constructor(private readonly snapshot: CatalogSnapshot) {
    this.pages = snapshot.size;
  }

  /** Size of the pages that were written, in bytes. */
  get writtenBytes(): number {
    return this.written.size * PAGE_BYTES;
  }

  size(): number {
    return this.pages * PAGE_BYTES;
  }

  read(into: Uint8Array, offset: number): number {
    const page = Math.floor(offset / PAGE_BYTES) + 1;
    if (page > this.pages) return 0;
    const at = offset % PAGE_BYTES;
    const bytes = this.page(page);
    into.set(bytes.subarray(at, at + into.length));
    return Math.min(into.length, PAGE_BYTES - at);
  }

  write(bytes: Uint8Array, offset: number): void {
    const page = Math.floor(offset / PAGE_BYTES) + 1;
    let kept = this.written.get(page);
    if (!kept) {
      kept = page <= this.pages && bytes.length < PAGE_BYTES ? this.page(page).slice() : new Uint8Array(PAGE_BYTES);
      this.written.set(page, kept);
    }
    kept.set(bytes, offset % PAGE_BYTES);
    this.pages = Math.max(this.pages, page);
  }

  truncate(size: number): void {
    this.pages = Math.ceil(size / PAGE_BYTES);
    for (const page of this.written.keys()) if (page > this.pages) this.written.delete(page);
  }

  private page(page: number): Uint8Array {
    const written = this.written.get(page);
    if (written) return written;
    if (page > this.snapshot.size) return this.scratch.fill(0);
    this.snapshot.read(page, this.scratch);
    // SQLite in WASM has no write-ahead log.
    if (page === 1) this.scratch.fill(1, MODES_AT, MODES_AT + 2);
    return this.scratch;
  }
}
