import { pgText } from '../connection/pg-text.js';
import type { Sql } from '../connection/database.js';

const SOURCES_OF = 'SELECT s.source FROM nestjs_traces.sources s WHERE s.instance = $1';

/** The processes of an instance: it has another one after each restart. */
export async function sourcesOf(sql: Sql, instance: string): Promise<number[]> {
  const rows = await sql.rows<{ source: number }>(SOURCES_OF, [pgText(instance)]);
  return rows.map(({ source }) => source);
}
