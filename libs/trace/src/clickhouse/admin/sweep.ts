import type { ClickHouse } from '../connection/click-house.js';

const SOME = `
SELECT toInt64(count()) AS n FROM nestjs_traces.heads WHERE key IN (SELECT key FROM nestjs_traces.removed)`;
const SOME_CHUNKS = `
SELECT toInt64(count()) AS n FROM nestjs_traces.chunks WHERE key IN (SELECT key FROM nestjs_traces.removed)`;
/** Deletes of both tables wait until they are done: then the list can be made shorter. */
const WAIT = { lightweight_deletes_sync: '1', mutations_sync: '1' } as const;
const DELETE_CHUNKS = 'DELETE FROM nestjs_traces.chunks WHERE key IN (SELECT key FROM nestjs_traces.removed)';
const DELETE_HEADS = 'DELETE FROM nestjs_traces.heads WHERE key IN (SELECT key FROM nestjs_traces.removed)';
/** Erased traces stay in the list: what they still write must not come back. */
const SHORTEN = `
DELETE FROM nestjs_traces.removed
WHERE erased = 0 AND at_us < {before:Int64} AND key NOT IN (SELECT key FROM nestjs_traces.heads)`;

/** Deletes the rows of removed traces. One statement for all of them: a delete costs the same for one row and for many. */
export async function deleteRemoved(db: ClickHouse, before?: number): Promise<void> {
  const [[heads], [chunks]] = await Promise.all([db.rows<{ n: number }>(SOME), db.rows<{ n: number }>(SOME_CHUNKS)]);
  if (chunks!.n > 0) await db.run(DELETE_CHUNKS, {}, WAIT);
  if (heads!.n > 0) await db.run(DELETE_HEADS, {}, WAIT);
  if (before !== undefined) await db.run(SHORTEN, { before }, WAIT);
}
