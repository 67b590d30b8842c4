import { join } from 'node:path';
import { SegmentListing } from '../journal/read/segment-listing.js';
import { readWriter } from '../journal/read/segments.js';
import type { PriceOf, PriceTable } from '../model/price.js';
import { performance } from '../model/timers.js';
import { IN_MEMORY, type CatalogDb } from './db/catalog-db.js';
import { CatalogHome, type IndexHome } from './db/catalog-home.js';
import { isCorrupt, isPassing, isUnwritable } from './db/sqlite/sqlite.js';
import { Indexer, JournalReplaced } from './indexer/indexer.js';
import { IndexTransaction } from './tables/index-transaction.js';
import { priceBook } from './pricing/price-book.js';

export interface OpenIndexOptions {
  /** The traces' directory. */
  dir: string;
  /** Path of the index. Default: `<dir>/catalog.db`. */
  file?: string;
  /** Where the index is. Default: in `file`, or in memory while that cannot be used. */
  home?: IndexHome;
  /** The application's own prices of models. Default: none, only the kept list. */
  prices?: PriceTable;
  /** Change nothing in the directory but the index. */
  readOnly?: boolean;
  /** How long a query may wait for the index, in milliseconds, before it runs on an incomplete index. Default 8,000. */
  patienceMs?: number;
}

export const PATIENCE_MS = 8_000;
/** How often a query runs again because the application has overwritten pages that it reads. */
const TRIES = 20;

/** Path of the index. */
export function indexFile({ dir, file }: Pick<OpenIndexOptions, 'dir' | 'file'>): string {
  return file ?? join(dir, 'catalog.db');
}

/** The open database of a directory with its indexer. Both are replaced when the database is damaged or its file is gone. */
export class OpenIndex {
  readonly home: IndexHome;
  /** Rebuilds so far, with their reasons. */
  readonly problems = new Set<string>();
  db: CatalogDb;
  tx: IndexTransaction;
  indexer: Indexer;
  /** The segments' files. */
  readonly listing: SegmentListing;
  private readonly prices: PriceOf;

  constructor(private readonly options: OpenIndexOptions) {
    this.listing = new SegmentListing(options.dir, (segment) => {
      // The home lists the segments before there is an indexer.
      return (this.indexer as Indexer | undefined)?.isFinished(segment) ?? false;
    });
    this.prices = priceBook(options.prices);
    this.home = options.home ?? new CatalogHome(indexFile(options), !options.readOnly);
    this.home.attach?.(this.listing);
    this.db = this.home.open();
    this.tx = new IndexTransaction(this.db, this.prices);
    this.indexer = this.newIndexer();
    this.guarded(() => this.checkWriters());
  }

  /**
   * Runs `work` on the index. A damaged index, or that of another journal, is deleted and rebuilt; one that can no longer
   * be written is opened again, in memory if need be. Then `work` runs a second time.
   */
  guarded<T>(work: () => T): T {
    const replacement = this.home.replacement(this.db);
    if (replacement) this.use(replacement);
    for (let left = TRIES; ; left -= 1) {
      try {
        return work();
      } catch (error) {
        if (left === 0 || !this.home.isLost?.(this.db)) return this.repaired(work, error);
        this.use(this.home.open());
      }
    }
  }

  close(): void {
    this.home.close?.();
    this.db.close();
  }

  private repaired<T>(work: () => T, error: unknown): T {
    if (isCorrupt(error) || error instanceof JournalReplaced) this.rebuild(error as Error);
    else if (isUnwritable(error) && !isPassing(error) && this.db.file !== IN_MEMORY) this.use(this.home.open());
    else throw error;
    return work();
  }

  private newIndexer(): Indexer {
    const { dir, readOnly } = this.options;
    return new Indexer(this.tx, dir, this.listing, readOnly);
  }

  /** The next query indexes the journal into the new database: the journal has all records. */
  private use(db: CatalogDb): void {
    const old = this.db;
    this.db = db;
    try {
      old.close();
    } catch {
      // Its file is gone or cannot be written.
    }
    this.tx = new IndexTransaction(db, this.prices);
    this.indexer = this.newIndexer();
  }

  private rebuild(cause: Error): void {
    this.db.close();
    this.home.discard(this.db, cause);
    this.problems.add(`The index was damaged (${cause.message}) and is built anew from the journal.`);
    this.use(this.home.open());
    this.indexer.catchUp(performance.now() + (this.options.patienceMs ?? PATIENCE_MS));
  }

  /** Throws `JournalReplaced` when a segment has the number of an indexed one and another writer. */
  private checkWriters(): void {
    const files = new Map(this.listing.list().map((segment) => [segment.number, segment]));
    for (const { number, writer, stamp } of this.indexer.rows()) {
      // Opening 3,000 files took 0.1 s of CPU: those with the time and inode of the indexed one are the indexed one.
      const { path, stamp: now } = files.get(number) ?? {};
      if (stamp !== '' && stamp === now) continue;
      const found = path && writer ? readWriter(path)?.id : undefined;
      if (found !== undefined && found !== writer) throw new JournalReplaced(`segment ${number} is another one`);
    }
  }
}
