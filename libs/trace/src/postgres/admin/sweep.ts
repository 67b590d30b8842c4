import { mentionsOf } from '../../maintenance/erase/contact-mentions.js';
import type { Micros } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import type { Database } from '../connection/database.js';
import { addRemains } from './delete-contact.js';
import type { TraceRow } from './delete-traces.js';
import { maskTraces } from './mask-traces.js';

/** Traces that are read at once. */
const PAGE = 100;

/** Traces of the same microsecond are on the same page, so a page ends between two times. */
const FORWARD = `
  SELECT key, started_us FROM nestjs_traces.heads WHERE started_us > $1 AND started_us <= $2
  ORDER BY started_us FETCH FIRST ${PAGE} ROWS WITH TIES`;
const BACKWARD = `
  SELECT key, started_us FROM nestjs_traces.heads WHERE started_us < $1
  ORDER BY started_us DESC FETCH FIRST ${PAGE} ROWS WITH TIES`;
const SET_SWEPT = 'UPDATE nestjs_traces.erasures SET swept_us = $2 WHERE id = $1';

export interface Sweep {
  id: number;
  contactId: string;
  until: Micros;
  swept: Micros | null;
}

/**
 * Searches the traces that began up to `until` for the contact, the oldest first, and masks its id. It goes on where the
 * last call ended. Returns whether all are searched.
 */
export async function sweepOn(
  db: Database,
  { id, contactId, until, swept }: Sweep,
  withinMs: number,
): Promise<boolean> {
  const texts = mentionsOf(contactId);
  const deadline = performance.now() + withinMs;
  for (let at = swept ?? 0; texts.length > 0 && at < until;) {
    const page = await db.rows<TraceRow>(FORWARD, [at, until]);
    await addRemains(db, id, await maskTraces(db, page, { texts, contactId }));
    at = page.at(-1)?.started_us ?? until;
    await db.run(SET_SWEPT, [id, at]);
    if (at < until && performance.now() > deadline) return false;
  }
  return true;
}

/** The same with the newest traces first, for what can be done at once. Notes no place. */
export async function sweepNewest(
  db: Database,
  { id, contactId, until }: Omit<Sweep, 'swept'>,
  withinMs: number,
): Promise<boolean> {
  const texts = mentionsOf(contactId);
  const deadline = performance.now() + withinMs;
  for (let at = until + 1; texts.length > 0;) {
    const page = await db.rows<TraceRow>(BACKWARD, [at]);
    if (page.length === 0) return true;
    await addRemains(db, id, await maskTraces(db, page, { texts, contactId }));
    at = page.at(-1)!.started_us;
    if (performance.now() > deadline) return false;
  }
  return true;
}
