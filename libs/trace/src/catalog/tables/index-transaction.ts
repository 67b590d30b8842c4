import { Baselines } from './baselines/baselines.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { PriceOf } from '../../model/price.js';
import { Terms } from './terms.js';
import { Rollups } from './rollups/rollups.js';
import { TextFilters } from './partitions/text-filters.js';
import { TimePartitions } from './partitions/time-partitions.js';

/** Traces of a partition, at least: the part of an index by contact that is written to stays small. */
const MIN_PARTITION = 8_000;
/** A look-up reads the partitions one by one. */
const MAX_PARTITIONS = 16;

/**
 * Tables that many traces share: sums, terms, partitions and text filters. Changes are kept in memory and written when the
 * transaction commits. They are dropped when it fails, or when another process has changed the catalog.
 */
export class IndexTransaction {
  readonly terms: Terms;
  readonly baselines: Baselines;
  readonly rollups: Rollups;
  readonly partitions: TimePartitions;
  readonly textFilters: TextFilters;

  private version = -1;

  constructor(
    readonly db: CatalogDb,
    /** Prices of model calls. Default: no cost is known. */
    readonly prices: PriceOf = () => undefined,
  ) {
    this.terms = new Terms(db);
    this.baselines = new Baselines(db);
    this.rollups = new Rollups(db);
    this.partitions = new TimePartitions(
      db,
      { all: 'partitions', put: 'putPartition', remove: 'deletePartition' },
      (total) => Math.max(MIN_PARTITION, total / MAX_PARTITIONS),
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

  /** Drops the rows in memory when another process has changed the catalog since. */
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
