import type { Database } from '../connection/database.js';

/** Stores the sums of closed hours and days that are missing or out of date. */
export async function sumClosedHours(_db: Database): Promise<void> {
  // Not built yet.
}
