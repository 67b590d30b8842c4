import { sha256 } from '../../model/hash.js';
import { delay, performance } from '../../model/timers.js';
import type { EraseOptions, ErasedContact } from '../../store/port.js';
import { cleanText } from '../connection/clean-text.js';
import type { ClickHouse } from '../connection/click-house.js';
import { NOW_US } from '../heads/shown.js';
import { DAY_US } from '../schema/schema.sql.js';
import { erasureProgress, noteDays, putErasure, type Erasure } from './erasures.js';
import { finishErasure } from './finish-erasure.js';
import { maskMentions } from './mask-mentions.js';
import { removeContact } from './remove-contact.js';
import { scrubErasures } from './scrub.js';

/** Time for masking mentions in other traces before the answer; maintenance masks the rest. */
const MASK_MS = 2_000;
/** Processes ask for erasures once a second. */
const ACKS_MS = 3_000;
const POLL_MS = 50;

const NOW = `SELECT ${NOW_US} AS now_us`;

/**
 * Erases a contact: its traces are in no answer any more, its id is masked in other traces, and all running processes erase
 * it from their directories. The request is a row, so maintenance finishes what this call does not.
 */
export async function eraseContact(db: ClickHouse, contactId: string, options: EraseOptions): Promise<ErasedContact> {
  const [now] = await db.rows<{ now_us: number }>(NOW);
  const erasure: Erasure = {
    id: now!.now_us,
    contact_hash: sha256(contactId).toString('hex'),
    contact_id: cleanText(contactId),
    until_us: now!.now_us,
    state: 1,
  };
  await putErasure(db, erasure);
  const traces = await removeContact(db, contactId, erasure.until_us, DAY_US);
  const masking = await maskMentions(db, { ...traces, contactId }, DAY_US, MASK_MS);
  await noteDays(db, erasure.id, [...traces.days, ...masking.days]);
  const instances = await acknowledged(db, erasure.id);
  if (masking.done && instances.pending === 0) await finishErasure(db, erasure.id, MASK_MS);
  if (options.scrub) await scrubErasures(db);
  return {
    removed: traces.removed,
    pending: options.scrub && masking.done ? 0 : traces.removed,
    ...(instances.done + instances.pending > 0 && { instances }),
  };
}

async function acknowledged(db: ClickHouse, id: number): Promise<{ done: number; pending: number }> {
  const deadline = performance.now() + ACKS_MS;
  for (;;) {
    const progress = await erasureProgress(db, id);
    if (progress.pending === 0 || performance.now() > deadline) return progress;
    await delay(POLL_MS);
  }
}
