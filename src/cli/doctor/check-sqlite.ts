import type { Finding } from './finding.js';

/** Which SQLite a directory would be read with. */
export async function checkSqlite(): Promise<Finding> {
  const { HOW_TO_GET_SQLITE, sqliteInUse } = await import('../../../libs/trace/src/store/embedded/read-only-store.js');
  const name = sqliteInUse()?.name;
  return name === undefined ? { value: `none. ${HOW_TO_GET_SQLITE}`, ok: false } : { value: name, ok: true };
}
