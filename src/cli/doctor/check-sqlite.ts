import type { Finding } from './finding.js';

/** Which SQLite a directory would be read with. */
export function checkSqlite(): Finding {
  const builtIn = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  try {
    if (builtIn?.('node:sqlite')) return { value: 'node:sqlite', ok: true };
  } catch {
    // Older Node versions throw for a name they do not know.
  }
  try {
    import.meta.resolve('@photostructure/sqlite');
    return { value: '@photostructure/sqlite', ok: true };
  } catch {
    return { value: 'none: install @photostructure/sqlite, or use Node 22.13 or newer', ok: false };
  }
}
