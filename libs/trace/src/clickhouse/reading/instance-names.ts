import type { ClickHouse } from '../connection/click-house.js';

const NAMES = `
SELECT writer, any(instance) AS instance FROM nestjs_traces.sources WHERE writer IN {writers:Array(String)} GROUP BY writer`;
/** Processes whose names are remembered. */
const MAX_NAMES = 10_000;

/** The name of a process never changes. */
const names = new WeakMap<ClickHouse, Map<string, string>>();

/** Names of the instances that these processes belong to. */
export async function instancesOf(db: ClickHouse, writers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = names.get(db) ?? new Map<string, string>();
  names.set(db, known);
  const missing = [...new Set(writers)].filter((writer) => !known.has(writer));
  if (missing.length > 0) {
    if (known.size > MAX_NAMES) known.clear();
    const rows = await db.rows<{ writer: string; instance: string }>(NAMES, { writers: [...new Set(writers)] });
    for (const { writer, instance } of rows) known.set(writer, instance);
  }
  return known;
}
