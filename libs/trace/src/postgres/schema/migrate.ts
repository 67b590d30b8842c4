import type { SchemaStatus, SchemaTools } from '../../shared/schema-tools.js';
import type { Database } from '../connection/database.js';

/**
 * Checks that this program may read, or write, the tables; with `manage: 'auto'` it creates and migrates them before. Asks
 * the database once per process and again after a failure.
 */
export async function ensureSchema(_db: Database, _use: 'read' | 'write'): Promise<void> {
  throw new Error('not built yet');
}

/** Creates and migrates the tables. */
export class PostgresSchema implements SchemaTools {
  constructor(readonly db: Database) {}

  status(): Promise<SchemaStatus> {
    throw new Error('not built yet');
  }

  migrate(): Promise<{ from: number | null; to: number }> {
    throw new Error('not built yet');
  }

  script(): string {
    throw new Error('not built yet');
  }

  close(): Promise<void> {
    return this.db.close();
  }
}
