import type { Database } from '../connection/database.js';
import { deleteContact } from './delete-contact.js';
import { SILENT_AFTER } from '../heads/silent.js';
import { erasureProgress, type OpenErasure } from './erasures.js';
import { olderTransactions } from './older-transactions.js';
import { sweepOn } from './sweep.js';
import { withShortWaits } from './with-lock.js';

/** Longest wait for batches that are being stored, in milliseconds. */
const STORING_MS = 1_000;

/** A process that records a trace has its row in memory, and would write a mention back that was masked meanwhile. */
const HAS_OPEN_TRACE = `
  SELECT EXISTS (
    SELECT FROM nestjs_traces.heads h JOIN nestjs_traces.sources s USING (source)
    WHERE h.status = 'active' AND h.started_us <= $1 AND NOT s.closed AND s.seen_at > now() - interval '${SILENT_AFTER}'
  ) AS found`;

/**
 * Finishes an erasure when the running processes have acknowledged it and the traces that ran have ended: nothing that is
 * stored after that has the contact, so one search of all traces is enough. After it, only the contact's hash is kept.
 * Returns whether it is finished.
 */
export async function finishErasure(db: Database, erasure: OpenErasure, withinMs: number): Promise<boolean> {
  if ((await erasureProgress(db, erasure.id)).pending > 0) return false;
  // A request that died before it deleted everything, batches that were being stored meanwhile, and processes that died.
  await olderTransactions(db, STORING_MS);
  await deleteContact(db, erasure);
  if ((await db.rows<{ found: boolean }>(HAS_OPEN_TRACE, [erasure.until]))[0]!.found) return false;
  if (!(await sweepOn(db, erasure, withinMs))) return false;
  await db.run('UPDATE nestjs_traces.erasures SET contact_id = NULL WHERE id = $1', [erasure.id]);
  return true;
}

interface ErasureRow {
  id: number;
  contact_hash: Buffer;
  contact_id: string | null;
  until_us: number;
  asked_at: Date;
  swept_us: number | null;
  remains: string[];
}

/** Writes the table of erasures anew, so that its file has no former row with a contact in it. */
export async function rewriteErasures(db: Database): Promise<void> {
  await withShortWaits(db, async (sql) => {
    await sql.run('LOCK TABLE nestjs_traces.erasures IN ACCESS EXCLUSIVE MODE');
    const rows = await sql.rows<ErasureRow>(
      `SELECT id, contact_hash, contact_id, until_us, asked_at::text AS asked_at, swept_us, remains
       FROM nestjs_traces.erasures ORDER BY id`,
    );
    // The identity goes on: `TRUNCATE` leaves it as it is.
    await sql.run('TRUNCATE nestjs_traces.erasures');
    for (const row of rows) {
      await sql.run(
        `INSERT INTO nestjs_traces.erasures (id, contact_hash, contact_id, until_us, asked_at, swept_us, remains)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [row.id, row.contact_hash, row.contact_id, row.until_us, row.asked_at, row.swept_us, row.remains],
      );
    }
  });
}
