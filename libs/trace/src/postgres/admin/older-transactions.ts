import { delay, performance } from '../../model/timers.js';
import type { Database } from '../connection/database.js';

const CURRENT = 'SELECT pg_current_xact_id()::text::int8 AS id';
const OLDEST = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::int8 AS id';
const POLL_MS = 50;

/**
 * Waits for the transactions that run now, for `withinMs` at most: rows that one of them may see are copied by `VACUUM`, and
 * what one of them stores is not seen yet.
 */
export async function olderTransactions(db: Database, withinMs = 5_000): Promise<void> {
  const [now] = await db.rows<{ id: number }>(CURRENT);
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const [oldest] = await db.rows<{ id: number }>(OLDEST);
    if (oldest!.id > now!.id) return;
    await delay(POLL_MS);
  }
}
