import type { ClickHouse } from '../connection/click-house.js';
import { DAY_US } from '../schema/schema.sql.js';
import { erasureProgress, noteDays, putErasure, unfinishedErasures } from './erasures.js';
import { maskMentions } from './mask-mentions.js';
import { removeContact } from './remove-contact.js';

/** Rewrites the few rows of the table, so that no contact that is erased is left in it. */
const REWRITE = 'OPTIMIZE TABLE nestjs_traces.erasures FINAL';

/**
 * Masks what other traces still mention of a contact, and forgets the contact itself when all running processes have erased
 * it from their directories. `id`: one erasure; left out: all that are not finished.
 */
export async function finishErasure(db: ClickHouse, id: number | undefined, withinMs: number): Promise<void> {
  for (const erasure of await unfinishedErasures(db)) {
    if (erasure.contact_id === null || (id !== undefined && erasure.id !== id)) continue;
    const traces = await removeContact(db, erasure.contact_id, erasure.until_us, DAY_US);
    const mentions = { ...traces, contactId: erasure.contact_id };
    const masking = await maskMentions(db, mentions, DAY_US, withinMs);
    await noteDays(db, erasure.id, [...traces.days, ...masking.days]);
    const { pending } = await erasureProgress(db, erasure.id);
    if (!masking.done || pending > 0) continue;
    await putErasure(db, { ...erasure, contact_id: null, state: 2 });
    await db.run(REWRITE);
  }
}
