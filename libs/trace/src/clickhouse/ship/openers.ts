import type { TraceKey } from '../../model/record.js';
import { keyPrefix } from '../../model/trace-key.js';
import type { ShippedTrace } from '../../shared/ship-target.js';
import type { ClickHouse } from '../connection/click-house.js';

const OPENERS = `
SELECT key, any(source) AS source FROM nestjs_traces.heads WHERE key IN {keys:Array(String)} GROUP BY key`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/**
 * The process that opened each trace: almost always the one that ships. Another one ships the end of a trace whose process
 * died.
 */
export async function openersOf(
  db: ClickHouse,
  traces: readonly ShippedTrace[],
  writer: string,
): Promise<Map<TraceKey, string>> {
  const mine = UUID.test(writer) ? keyPrefix({ id: writer, number: 0 }).slice(1) : undefined;
  const isMine = (key: TraceKey): boolean => mine !== undefined && key.includes(`${mine}-`);
  const others = traces.map(({ head }) => head.key).filter((key) => !isMine(key));
  if (others.length === 0) return new Map();
  const rows = await db.rows<{ key: string; source: string }>(OPENERS, { keys: others });
  return new Map(rows.map(({ key, source }) => [key, source]));
}
