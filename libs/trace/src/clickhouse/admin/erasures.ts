import type { Micros } from '../../model/record.js';
import type { PendingErasure } from '../../shared/ship-target.js';
import type { ClickHouse } from '../connection/click-house.js';
import { NOW_US, SIGNS, SILENT_US } from '../heads/shown.js';
import { DAY_US } from '../schema/schema.sql.js';
import { removeContact } from './remove-contact.js';

/** Erasures in one answer; the next call has the rest. */
const AT_ONCE = 500;

/** A row of `erasures`. */
export interface Erasure {
  id: number;
  contact_hash: string;
  /** `null`: it is erased everywhere. */
  contact_id: string | null;
  until_us: Micros;
  /** 1: asked; 2: erased everywhere; 3: no file has remains. */
  state: 1 | 2 | 3;
}

const PENDING = `
SELECT id, contact_id, contact_hash, until_us FROM nestjs_traces.erasures FINAL
WHERE id NOT IN (SELECT id FROM nestjs_traces.erasure_acks WHERE writer = {writer:String})
ORDER BY id LIMIT ${AT_ONCE}`;
const SOME = 'SELECT * FROM nestjs_traces.erasures FINAL WHERE id IN {ids:Array(Int64)}';
const UNFINISHED = `
SELECT * FROM nestjs_traces.erasures FINAL WHERE state < 3 ORDER BY id`;
const DAYS = 'SELECT DISTINCT day FROM nestjs_traces.erasure_days WHERE id IN {ids:Array(Int64)} ORDER BY day';
const PROGRESS = `
SELECT toInt64(countIf(acks.id != 0)) AS done, toInt64(countIf(acks.id = 0)) AS pending
FROM (SELECT writer FROM (${SIGNS}) WHERE closed = 0 AND seen_us > ${NOW_US} - ${SILENT_US}) AS live
LEFT JOIN (SELECT DISTINCT id, writer FROM nestjs_traces.erasure_acks WHERE id = {id:Int64}) AS acks
  ON acks.writer = live.writer`;

/** Erasures that a process has not acknowledged, the oldest first, 500 at most. */
export async function pendingErasures(db: ClickHouse, writer: string): Promise<PendingErasure[]> {
  const rows = await db.rows<Erasure>(PENDING, { writer });
  return rows.map((row) => ({
    id: row.id,
    contactId: row.contact_id,
    contactHash: row.contact_hash,
    until: row.until_us,
  }));
}

/**
 * A process's directory has nothing of these contacts any more. What it shipped between the request and now is removed
 * first: nothing can come after that.
 */
export async function acknowledgeErasures(db: ClickHouse, writer: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  for (const erasure of await db.rows<Erasure>(SOME, { ids })) {
    if (erasure.contact_id === null) continue;
    const { days } = await removeContact(db, erasure.contact_id, erasure.until_us, DAY_US);
    await noteDays(db, erasure.id, days);
  }
  await db.insert(
    'erasure_acks',
    ids.map((id) => ({ id, writer })),
  );
}

/** Erasures whose contact is still known, or whose remains are still in files. */
export function unfinishedErasures(db: ClickHouse): Promise<Erasure[]> {
  return db.rows<Erasure>(UNFINISHED);
}

/** Stores the state that an erasure has now. */
export async function putErasure(db: ClickHouse, erasure: Erasure): Promise<void> {
  await db.insert('erasures', [erasure]);
}

/** Notes partitions whose files have remains. */
export async function noteDays(db: ClickHouse, id: number, days: readonly number[]): Promise<void> {
  await db.insert(
    'erasure_days',
    days.map((day) => ({ id, day })),
  );
}

/** Partitions whose files have remains of these erasures. */
export async function daysOf(db: ClickHouse, ids: readonly number[]): Promise<number[]> {
  return (await db.rows<{ day: number }>(DAYS, { ids })).map(({ day }) => day);
}

/** How many of the running processes have erased it from their directories. */
export async function erasureProgress(db: ClickHouse, id: number): Promise<{ done: number; pending: number }> {
  return (await db.rows<{ done: number; pending: number }>(PROGRESS, { id }))[0]!;
}
