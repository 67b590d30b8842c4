import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { SegmentListing } from '../../journal/read/segment-listing.js';
import type { SegmentInfo } from '../../journal/read/segments.js';
import { performance } from '../../model/timers.js';
import { CatalogDb } from './catalog-db.js';
import type { IndexHome } from './catalog-home.js';
import { CacheFolder, type Draft } from './pages/cache-folder.js';
import { CatalogSnapshot, SnapshotLost } from './pages/catalog-snapshot.js';
import { OverlayFile } from './pages/overlay-file.js';
import { PlainFile } from './pages/plain-file.js';
import { checkSource, noteSums } from './pages/source-check.js';
import { storeOverlay } from './pages/store-overlay.js';
import { OutdatedCatalog, openCatalogPages } from './schema.js';
import { WASM_NAME } from './sqlite/sqlite.js';

/** Bytes of the journal that a catalog may lack: indexing them takes each command about 3 s. */
const MOST_LAG_BYTES = 64 * 1024 * 1024;
/** Snapshots that are lost one after the other: a checkpoint of the application takes some milliseconds. */
const TRIES = 50;
const PAUSE_MS = 5;
/** Interval of checks for a newer catalog, in milliseconds. */
const CHECK_MS = 500;
/** Bytes of changed pages at which a kept index is written, when a command ends and while it runs. */
const STORED_BYTES = 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/** Where the open database is. */
interface Place {
  kind: 'catalog' | 'kept' | 'draft';
  db: CatalogDb;
  snapshot?: CatalogSnapshot;
  overlay?: OverlayFile;
  /** Segments that were deleted since the index was kept. */
  deleted?: number;
}

/**
 * The index of a program that only reads a directory. It reads pages of the application's catalog where they are, and keeps
 * in memory what it indexes beside them: nothing in the directory is written. Where there is no catalog that can be used,
 * it builds an index from the journal in the user's cache folder, once; later programs read that one in the same way.
 */
export class ReadingHome implements IndexHome {
  /** Why the application's catalog is not used. */
  problem: string | undefined;
  readonly sqlite = WASM_NAME.split(',')[0]!;
  private readonly cache: CacheFolder;
  private readonly file: string;
  private listing: SegmentListing;
  /** The segments when the index was opened. */
  private files: readonly SegmentInfo[] = [];
  private place: Place | undefined;
  private draft: { place: Draft; file: PlainFile } | undefined;
  private isFinished = false;
  private useCatalog = true;
  private nextCheck = 0;

  constructor(private readonly dir: string) {
    this.listing = new SegmentListing(dir);
    this.file = join(dir, 'catalog.db');
    this.cache = new CacheFolder(dir);
    this.cache.prune();
  }

  attach(listing: SegmentListing): void {
    this.listing = listing;
  }

  open(): CatalogDb {
    this.leave();
    this.files = this.listing.list();
    this.nextCheck = performance.now() + CHECK_MS;
    this.place = this.openCatalog() ?? this.openKept() ?? this.openDraft();
    return this.place.db;
  }

  replacement(db: CatalogDb): CatalogDb | undefined {
    const place = this.place;
    if (!place || place.db !== db) return undefined;
    if (this.isFinished || place.snapshot?.isCurrent() === false) return this.open();
    const now = performance.now();
    if (now < this.nextCheck || !place.snapshot) return undefined;
    this.nextCheck = now + CHECK_MS;
    const written = place.overlay?.writtenBytes ?? 0;
    if (place.kind === 'kept' && written > MOST_BYTES) this.store();
    else if (written === 0 || place.kind === 'kept' || !place.snapshot.isOld()) return undefined;
    return this.open();
  }

  isLost(db: CatalogDb): boolean {
    return this.place?.db === db && this.place.snapshot?.isCurrent() === false;
  }

  discard(_db: CatalogDb, cause: Error): void {
    if (this.place?.kind === 'catalog') this.refuse(cause);
    else this.cache.remove();
  }

  isFull(): boolean {
    return false;
  }

  /** Keeps an index that was built whole. The next question opens the kept one, or that of a faster process. */
  finish(): void {
    const { place, draft } = this;
    if (place?.kind !== 'draft' || !draft?.place.canBeKept || this.isFinished) return;
    noteSums(place.db, this.listing.list());
    this.isFinished = this.cache.keep(draft.place) || this.cache.file() !== undefined;
  }

  /** Writes what was indexed beside a kept index to it, then closes all files. */
  close(): void {
    try {
      this.store();
    } finally {
      this.leave();
    }
  }

  private openCatalog(): Place | undefined {
    if (!this.useCatalog || !lstatSync(this.file, { throwIfNoEntry: false })) return undefined;
    try {
      const place = this.openPages('catalog', this.file);
      if (this.lagOf(place.db) <= MOST_LAG_BYTES) {
        this.cache.remove();
        this.problem = undefined;
        return place;
      }
      this.closePlace(place);
      return undefined;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'DATA_NEWER') throw error;
      this.refuse(error as Error, error instanceof OutdatedCatalog);
      return undefined;
    }
  }

  private openKept(): Place | undefined {
    const file = this.cache.file();
    if (file === undefined) return undefined;
    try {
      const place = this.openPages('kept', file);
      const { changed, deleted } = checkSource(place.db, this.files);
      if (changed === undefined) {
        this.cache.touch();
        return { ...place, deleted };
      }
      this.closePlace(place);
    } catch {
      // Damaged, or of another version.
    }
    this.cache.remove();
    return undefined;
  }

  private openDraft(): Place {
    const journalBytes = this.files.reduce((sum, { size }) => sum + size, 0);
    const place = this.cache.draft(journalBytes);
    try {
      const file = new PlainFile(join(place.folder, 'catalog.db'));
      this.draft = { place, file };
      return { kind: 'draft', db: new CatalogDb(join(place.folder, 'catalog.db'), undefined, openCatalogPages(file)) };
    } catch (error) {
      place.remove();
      throw error;
    }
  }

  private openPages(kind: 'catalog' | 'kept', file: string): Place {
    for (let left = TRIES; ; left -= 1) {
      let snapshot: CatalogSnapshot | undefined;
      try {
        snapshot = new CatalogSnapshot(file);
        const overlay = new OverlayFile(snapshot);
        return { kind, db: new CatalogDb(file, undefined, openCatalogPages(overlay)), snapshot, overlay };
      } catch (error) {
        const isLost = error instanceof SnapshotLost || snapshot?.isCurrent() === false;
        snapshot?.close();
        if (!isLost || left === 0) throw error;
        pause(PAUSE_MS);
      }
    }
  }

  /** Without the deleted segments, which only make the lag seem smaller: the number of a segment costs a row of SQLite. */
  private lagOf(db: CatalogDb): number {
    const { bytes } = db.get<{ bytes: number }>('indexedBytes')!;
    return this.files.reduce((sum, { size }) => sum + size, 0) - bytes;
  }

  private refuse({ message }: Error, isOutdated = false): void {
    this.useCatalog = false;
    if (isOutdated) return;
    this.problem = `The index in ${this.dir} is not used: ${message}. The journal is read instead.`;
  }

  /** Another program may have written the kept index meanwhile: then this one's pages are not of it any more. */
  private store(): void {
    const { place } = this;
    if (place?.kind !== 'kept' || !place.snapshot || !place.overlay) return;
    const isErasing = (place.deleted ?? 0) > 0;
    if (!isErasing && place.overlay.writtenBytes < STORED_BYTES) return;
    try {
      const lock = this.cache.lock();
      if (!lock.tryTake()) return;
      try {
        if (!place.snapshot.isCurrent() || place.snapshot.isOld()) return;
        noteSums(place.db, this.listing.list());
        storeOverlay(place.db.file, place.snapshot, place.overlay, isErasing);
      } finally {
        lock.release();
      }
    } catch {
      // A kept index that lacks what is new is still right; one with deleted traces is not.
      if (isErasing) this.cache.remove();
    }
  }

  private leave(): void {
    this.isFinished = false;
    if (this.place) this.closePlace(this.place);
    this.place = undefined;
    if (!this.draft) return;
    this.draft.file.close();
    this.draft.place.remove();
    this.draft = undefined;
  }

  private closePlace({ db, snapshot }: Place): void {
    try {
      db.close();
    } catch {
      // Its pages cannot be read any more.
    }
    snapshot?.close();
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
