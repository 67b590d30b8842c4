import { Baselines } from './baselines/baselines.js';
import type { CatalogDb } from '../db/catalog-db.js';
import { Terms } from './terms.js';
import { Rollups } from './rollups/rollups.js';
import { TextFilters } from './partitions/text-filters.js';
import { TimePartitions } from './partitions/time-partitions.js';

/** An index by contact begins anew after so many traces: the part that is written to stays small. */
const MIN_EPOCH = 8_000;
/** A look-up asks them one by one. */
const MAX_EPOCHS = 16;

/**
 * What the catalog keeps about traces together: sums, names, and how their times are cut. All of it is written in the
 * transaction that changed it, and forgotten when that fails or another process changed the catalog.
 */
export class IndexTransaction {
  readonly terms: Terms;
  readonly baselines: Baselines;
  readonly rollups: Rollups;
  readonly partitions: TimePartitions;
  readonly textFilters: TextFilters;

  private version = -1;

  constructor(readonly db: CatalogDb) {
    this.terms = new Terms(db);
    this.baselines = new Baselines(db);
    this.rollups = new Rollups(db);
    this.partitions = new TimePartitions(
      db,
      { all: 'partitions', put: 'putPartition', remove: 'deletePartition' },
      (total) => Math.max(MIN_EPOCH, total / MAX_EPOCHS),
    );
    this.textFilters = new TextFilters(db);
    db.hooks = {
      afterBegin: () => this.refresh(),
      beforeCommit: () => this.flush(),
      afterRollback: () => this.forget(),
    };
  }

  forget(): void {
    this.terms.forget();
    this.baselines.forget();
    this.rollups.forget();
    this.partitions.forget();
    this.textFilters.forget();
  }

  /** Sums that another process has changed meanwhile must not be written over with ours. */
  private refresh(): void {
    const { data_version: version } = this.db.get<{ data_version: number }>('dataVersion')!;
    if (version !== this.version) this.forget();
    this.version = version;
  }

  private flush(): void {
    this.rollups.flush();
    this.baselines.flush();
    this.partitions.flush();
    this.textFilters.flush();
  }
}
