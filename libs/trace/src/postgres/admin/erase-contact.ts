import { sha256 } from '../../model/hash.js';
import type { Micros } from '../../model/record.js';
import { delay, performance } from '../../model/timers.js';
import type { EraseOptions, ErasedContact } from '../../store/port.js';
import { pgText } from '../connection/pg-text.js';
import type { Database } from '../connection/database.js';
import { deleteContact } from './delete-contact.js';
import { erasureProgress, openErasures } from './erasures.js';
import { finishErasure, rewriteErasures } from './finish-erasure.js';
import { Lease } from './lease.js';
import { daysWithRemains, scrubDays, scrubRest } from './scrub.js';
import { sweepNewest } from './sweep.js';

/** Time for finding mentions in other traces before the answer; maintenance finds the rest. */
const SWEEP_MS = 1_000;
/** Processes ask for erasures once a second. */
const ACKS_MS = 3_000;
const POLL_MS = 50;
/** Longest wait for a rewrite by another process, in milliseconds. */
const LEASE_MS = 60_000;

const REQUEST = `
  INSERT INTO nestjs_traces.erasures (contact_hash, contact_id, until_us)
  VALUES ($1, $2, extract(epoch FROM clock_timestamp()) * 1000000)
  RETURNING id, until_us AS until`;
const HAS_REMAINS = `SELECT remains <> '{}' AS some FROM nestjs_traces.erasures WHERE id = $1`;

/**
 * Erases a contact: its traces are deleted and in no answer any more, its id is masked in other traces, and all running
 * processes erase it from their directories. The request itself is a row, so maintenance finishes what this call does not.
 */
export async function eraseContact(db: Database, contactId: string, options: EraseOptions): Promise<ErasedContact> {
  const [row] = await db.rows<{ id: number; until: Micros }>(REQUEST, [sha256(contactId), pgText(contactId)]);
  const erasure = { ...row!, contactId };
  const removed = await deleteContact(db, erasure);
  await sweepNewest(db, erasure, SWEEP_MS);
  const instances = await acknowledged(db, erasure.id);
  if (instances.pending === 0 && (await finishErasure(db, { ...erasure, swept: null }, SWEEP_MS))) {
    if (db.target.manage === 'auto') await rewriteErasures(db);
  }
  if (options.scrub) await scrubNow(db);
  const [left] = await db.rows<{ some: boolean }>(HAS_REMAINS, [erasure.id]);
  return {
    removed,
    pending: left?.some ? removed : 0,
    ...(instances.done + instances.pending > 0 && { instances }),
  };
}

async function acknowledged(db: Database, id: number): Promise<{ done: number; pending: number }> {
  const deadline = performance.now() + ACKS_MS;
  for (;;) {
    const progress = await erasureProgress(db, id);
    if (progress.pending === 0 || performance.now() > deadline) return progress;
    await delay(POLL_MS);
  }
}

async function scrubNow(db: Database): Promise<void> {
  for (const erasure of await openErasures(db)) await finishErasure(db, erasure, Number.POSITIVE_INFINITY);
  const lease = await Lease.takeWithin(db, LEASE_MS);
  if (!lease) return;
  try {
    await scrubDays(db, await daysWithRemains(db));
    await scrubRest(db);
  } finally {
    await lease.release();
  }
}
