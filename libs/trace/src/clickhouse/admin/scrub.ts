import type { ClickHouse } from '../connection/click-house.js';
import { changeErasure, unfinishedErasures } from './erasures.js';
import { deleteRemoved } from './sweep.js';

const TABLES = ['heads', 'chunks'] as const;

/**
 * Rewrites the files of the days that have remains of erased contacts. ClickHouse deletes the files of before about a minute
 * later.
 */
export async function scrubErasures(db: ClickHouse): Promise<void> {
  const erasures = (await unfinishedErasures(db)).filter(({ contact_id, scrubbed }) => contact_id === null && !scrubbed);
  if (erasures.length === 0) return;
  await deleteRemoved(db);
  for (const day of new Set(erasures.flatMap(({ days }) => days))) {
    for (const table of TABLES) await db.run(`OPTIMIZE TABLE nestjs_traces.${table} PARTITION ID '${Number(day)}' FINAL`);
  }
  for (const erasure of erasures) await changeErasure(db, { ...erasure, scrubbed: 1 });
}
