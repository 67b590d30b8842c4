import { Database } from '../postgres/connection/database.js';
import { PostgresSchema } from '../postgres/schema/migrate.js';
import type { SchemaTools } from '../shared/schema-tools.js';
import type { SharedTarget } from '../store/shared-target.js';

/** The tables of a target. */
export function openSchema(target: SharedTarget): SchemaTools {
  if (target.kind === 'postgres') return new PostgresSchema(new Database(target));
  throw new Error('not built yet');
}
