import type { ClickHouse } from '../connection/click-house.js';
import { NEXT_EDITION } from '../heads/edition.js';
import { IS_KEPT, IS_SILENT } from '../heads/shown.js';

const TO_INTERRUPT = `FROM nestjs_traces.heads FINAL WHERE ${IS_SILENT} AND ${IS_KEPT}`;
const SOME = `SELECT toInt64(count()) AS n ${TO_INTERRUPT}`;
const INTERRUPT = `
INSERT INTO nestjs_traces.heads
SELECT * REPLACE ('interrupted' AS status, last_us AS ended_us, ${NEXT_EDITION} AS edition)
FROM (SELECT * ${TO_INTERRUPT})`;

/**
 * Writes that traces of silent processes are interrupted, as answers show them already. A process that was only cut off writes
 * its next record with a higher version, which counts again.
 */
export async function writeInterrupted(db: ClickHouse): Promise<void> {
  const [count] = await db.rows<{ n: number }>(SOME);
  if (count!.n > 0) await db.run(INTERRUPT, {}, { max_partitions_per_insert_block: '0' });
}
