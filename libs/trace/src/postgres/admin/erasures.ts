import type { Micros } from '../../model/record.js';
import type { PendingErasure } from '../../shared/ship-target.js';
import type { Database, Sql } from '../connection/database.js';
import { SILENT_AFTER } from '../heads/silent.js';
import { deleteContact } from './delete-contact.js';

/** Erasures in one answer: a process that ships for a dead one never acknowledges, so it has to get all of them. */
const AT_ONCE = 10_000;

interface ErasureRow {
  id: number;
  contact_id: string | null;
  contact_hash: string;
  until_us: Micros;
}

/** An erasure whose contact is still known. */
export interface OpenErasure {
  id: number;
  contactId: string;
  until: Micros;
  /** Traces that began up to here were searched for the contact. */
  swept: Micros | null;
}

const PENDING = `
  SELECT e.id, e.contact_id, encode(e.contact_hash, 'hex') AS contact_hash, e.until_us
  FROM nestjs_traces.erasures e
  WHERE NOT EXISTS (
    SELECT FROM nestjs_traces.erasure_acks a JOIN nestjs_traces.sources s ON s.source = a.source
    WHERE a.id = e.id AND s.writer = $1
  )
  ORDER BY e.id LIMIT ${AT_ONCE}`;

const ACKNOWLEDGE = `
  INSERT INTO nestjs_traces.erasure_acks (id, source)
  SELECT e.id, s.source FROM nestjs_traces.erasures e, nestjs_traces.sources s
  WHERE e.id = ANY ($2) AND s.writer = $1
  ON CONFLICT DO NOTHING`;

const OPEN = `
  SELECT id, contact_id AS "contactId", until_us AS until, swept_us AS swept FROM nestjs_traces.erasures
  WHERE contact_id IS NOT NULL`;

/** A silent process is not waited for. When it comes back, it erases by the hash. `$1`: id of the erasure. */
const PROGRESS = `
  SELECT count(*) FILTER (WHERE a.id IS NOT NULL) AS done, count(*) FILTER (WHERE a.id IS NULL) AS pending
  FROM nestjs_traces.sources s
  LEFT JOIN nestjs_traces.erasure_acks a ON a.source = s.source AND a.id = $1
  WHERE NOT s.closed AND s.seen_at > now() - interval '${SILENT_AFTER}'`;

/** Erasures that a source has not acknowledged, the oldest first, 10,000 at most. */
export async function pendingErasures(sql: Sql, writer: string): Promise<PendingErasure[]> {
  const rows = await sql.rows<ErasureRow>(PENDING, [writer]);
  return rows.map((row) => ({
    id: row.id,
    contactId: row.contact_id,
    contactHash: row.contact_hash,
    until: row.until_us,
  }));
}

/**
 * A source's directory has nothing of these contacts any more. What it shipped between the request and now is deleted
 * first: nothing can come after that.
 */
export async function acknowledgeErasures(db: Database, writer: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  for (const erasure of await db.rows<OpenErasure>(`${OPEN} AND id = ANY ($1)`, [ids]))
    await deleteContact(db, erasure);
  await db.run(ACKNOWLEDGE, [writer, ids]);
}

/** Erasures that are not finished, the oldest first. */
export async function openErasures(sql: Sql): Promise<OpenErasure[]> {
  return sql.rows<OpenErasure>(`${OPEN} ORDER BY id`);
}

/** How many of the running processes have erased it from their directories. */
export async function erasureProgress(sql: Sql, id: number): Promise<{ done: number; pending: number }> {
  return (await sql.rows<{ done: number; pending: number }>(PROGRESS, [id]))[0]!;
}
