import { join } from 'node:path';
import { SegmentListing } from '../journal/read/segment-listing.js';
import { listSegments, readWriter } from '../journal/read/segments.js';
import type { PriceOf, PriceTable } from '../model/price.js';
import { performance } from '../model/timers.js';
import { IN_MEMORY, type CatalogDb } from './db/catalog-db.js';
import { CatalogHome } from './db/catalog-home.js';
import { removeCatalog } from './db/schema.js';
import { isCorrupt, isPassing, isUnwritable } from './db/sqlite/sqlite.js';
import { Indexer, JournalReplaced } from './indexer/indexer.js';
import { IndexTransaction } from './tables/index-transaction.js';
import { priceBook } from './pricing/price-book.js';
import type { SegmentRow } from './tables/segments/segment-row.js';

export interface OpenIndexOptions {
  /** The traces' directory. */
  dir: string;
  /** Path of the index. Default: `<dir>/catalog.db`. */
  file?: string;
  /** The application's own prices of models. Default: none, only the kept list. */
  prices?: PriceTable;
  /** Change nothing in the directory but the index. */
  readOnly?: boolean;
  /** How long a query may wait for the index, in milliseconds, before it runs on an incomplete index. Default 8,000. */
  patienceMs?: number;
}

export const PATIENCE_MS = 8_000;

/** Path of the index. */
export function indexFile({ dir, file }: Pick<OpenIndexOptions, 'dir' | 'file'>): string {
  return file ?? join(dir, 'catalog.db');
}

/** The open database of a directory with its indexer. Both are replaced when the database is damaged or its file is gone. */
export class OpenIndex {
  readonly home: CatalogHome;
  /** Rebuilds so far, with their reasons. */
  readonly problems = new Set<string>();
  db: CatalogDb;
  tx: IndexTransaction;
  indexer: Indexer;
  private readonly listing: SegmentListing;
  private readonly prices: PriceOf;

  constructor(private readonly options: OpenIndexOptions) {
    this.listing = new SegmentListing(options.dir);
    this.prices = priceBook(options.prices);
    this.home = new CatalogHome(indexFile(options), !options.readOnly);
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
    try {
      return work();
    } catch (error) {
      if (isCorrupt(error) || error instanceof JournalReplaced) this.rebuild(error as Error);
      else if (isUnwritable(error) && !isPassing(error) && this.db.file !== IN_MEMORY) this.use(this.home.open());
      else throw error;
      return work();
    }
  }

  close(): void {
    this.db.close();
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
    const { file } = this.db;
    this.db.close();
    if (file !== IN_MEMORY) removeCatalog(file);
    this.problems.add(`The index was damaged (${cause.message}) and is built anew from the journal.`);
    this.use(this.home.open());
    this.indexer.catchUp(performance.now() + (this.options.patienceMs ?? PATIENCE_MS));
  }

  /** Throws `JournalReplaced` when a segment has the number of an indexed one and another writer. */
  private checkWriters(): void {
    const paths = new Map(listSegments(this.options.dir).map(({ number, path }) => [number, path]));
    for (const { number, writer } of this.db.all<SegmentRow>('segments')) {
      const path = paths.get(number);
      const found = path && writer ? readWriter(path)?.id : undefined;
      if (found !== undefined && found !== writer) throw new JournalReplaced(`segment ${number} is another one`);
    }
  }
}
