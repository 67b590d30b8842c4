import type { Sql } from '../connection/database.js';
import { readBatches, type BatchSize, type ReadBatch } from './batch-records.js';

/**
 * The last batch of which a page had not all records: the next page begins in it. A batch of a process that catches up has
 * 2,000 records, and would be decoded for each of its 20 pages.
 */
export class DividedBatch {
  private kept: ReadBatch | undefined;

  keep(batch: ReadBatch): void {
    this.kept = batch;
  }

  /** @param batches those that have records, in their order */
  async read(sql: Sql, batches: readonly BatchSize[]): Promise<ReadBatch[]> {
    const { kept } = this;
    const [first] = batches;
    // Records that were erased since are not in the number.
    const isKept =
      first?.source === kept?.source && first?.batch === kept?.batch && first?.records === kept?.records.length;
    if (!kept || !isKept) return readBatches(sql, batches);
    this.kept = undefined;
    return [kept, ...(await readBatches(sql, batches.slice(1)))];
  }
}
