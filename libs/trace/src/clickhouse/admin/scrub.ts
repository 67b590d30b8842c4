import type { ClickHouse } from '../connection/click-house.js';
import { daysOf, putErasure, unfinishedErasures } from './erasures.js';
import { deleteRemoved } from './sweep.js';

const TABLES = ['heads', 'chunks'] as const;

/**
 * Rewrites the files of the days that have remains of erased contacts. ClickHouse deletes the files of before about a minute
 * later.
 */
export async function scrubErasures(db: ClickHouse): Promise<void> {
  const erasures = (await unfinishedErasures(db)).filter(({ state }) => state === 2);
  if (erasures.length === 0) return;
  await deleteRemoved(db);
  const days = await daysOf(
    db,
    erasures.map(({ id }) => id),
  );
  for (const day of days) {
    for (const table of TABLES) await db.run(`OPTIMIZE TABLE nestjs_traces.${table} PARTITION ID '${day}' FINAL`);
  }
  for (const erasure of erasures) await putErasure(db, { ...erasure, state: 3 });
}
