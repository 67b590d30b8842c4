import type { CatalogDb } from './catalog-db.js';
import { Labels } from './labels.js';
import { Rollups } from './rollups.js';
import { TextBlocks } from './text-blocks.js';
import { TimeSlices } from './time-slices.js';

/** Traces in an epoch: an index by contact has so many before it begins anew. */
const EPOCH = 50_000;

/**
 * What the catalog keeps about traces together: sums, names, and how their times are cut. All of it is written in the
 * transaction that changed it, and forgotten when that fails or another process changed the catalog.
 */
export class Ledger {
  readonly labels: Labels;
  readonly rollups: Rollups;
  readonly epochs: TimeSlices;
  readonly blocks: TextBlocks;

  constructor(readonly db: CatalogDb) {
    this.labels = new Labels(db);
    this.rollups = new Rollups(db);
    this.epochs = new TimeSlices(db, { all: 'epochs', put: 'putEpoch', remove: 'deleteEpoch' }, EPOCH);
    this.blocks = new TextBlocks(db);
    db.hooks = { beforeCommit: () => this.flush(), afterRollback: () => this.forget() };
  }

  forget(): void {
    this.labels.forget();
    this.rollups.forget();
    this.epochs.forget();
    this.blocks.forget();
  }

  private flush(): void {
    this.rollups.flush();
    this.epochs.flush();
    this.blocks.flush();
  }
}
