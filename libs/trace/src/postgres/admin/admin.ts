import { tagOf } from '../../shared/tags.js';
import type { EraseOptions, ErasedContact, TraceAdmin } from '../../store/port.js';
import type { Database } from '../connection/database.js';
import { pgText } from '../connection/pg-text.js';
import { ensureSchema } from '../schema/migrate.js';
import { KEEP, listDays } from './days.js';
import { eraseContact } from './erase-contact.js';
import { Lease } from './lease.js';
import { pruneDay } from './prune-day.js';
import { removeLeftovers } from './rewrite-day.js';

/** Longest wait for the right to rewrite partitions, in milliseconds; without it, rows are deleted. */
const LEASE_MS = 5_000;

/** The newest trace with the id, or the newest that had it before its contact was known. */
const PIN = `
  UPDATE nestjs_traces.heads h SET pinned = $3
  FROM (
    SELECT key, started_us FROM (
      SELECT key, started_us, 0 AS rank FROM nestjs_traces.heads WHERE trace_id = $1
      UNION ALL SELECT key, started_us, 1 FROM nestjs_traces.heads WHERE tags @> ARRAY[$2]
    ) AS found ORDER BY rank, started_us DESC LIMIT 1
  ) AS chosen
  WHERE h.key = chosen.key AND h.started_us = chosen.started_us`;

/**
 * Pins, clears and erases. It has no `prune`: the process that does maintenance deletes what retention does not keep.
 */
export class PostgresAdmin implements TraceAdmin {
  constructor(readonly db: Database) {}

  async pin(traceId: string, pinned: boolean): Promise<boolean> {
    await ensureSchema(this.db, 'write');
    return (await this.db.run(PIN, [pgText(traceId), pgText(tagOf('old', traceId)), pinned])) > 0;
  }

  async clear({ keepErrors }: { keepErrors: boolean }): Promise<{ removed: number }> {
    const { db } = this;
    await ensureSchema(db, 'write');
    const keep = keepErrors ? KEEP.any(KEEP.held, KEEP.failing) : KEEP.held;
    const lease = db.target.manage === 'auto' ? await Lease.takeWithin(db, LEASE_MS) : undefined;
    try {
      if (lease) await removeLeftovers(db);
      let removed = 0;
      for (const day of await listDays(db)) removed += await pruneDay(db, day, keep, lease !== undefined);
      return { removed };
    } finally {
      await lease?.release();
    }
  }

  async erase(contactId: string, options: EraseOptions = {}): Promise<ErasedContact> {
    await ensureSchema(this.db, 'write');
    return eraseContact(this.db, contactId, options);
  }
}
