import type { Micros } from '../../model/record.js';
import type { Sql } from '../connection/database.js';

/** Marks the stored sums of the hours and days of these start times as out of date, in the caller's transaction. */
export async function markStale(_sql: Sql, _started: readonly Micros[]): Promise<void> {
  // Not built yet.
}
