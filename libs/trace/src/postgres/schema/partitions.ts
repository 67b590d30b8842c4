import type { Micros } from '../../model/record.js';
import type { Database } from '../connection/database.js';

/** Creates the partitions of the days (UTC) of these times that are missing, in a transaction of their own. */
export async function ensureDays(_db: Database, _times: readonly Micros[]): Promise<void> {
  throw new Error('not built yet');
}
