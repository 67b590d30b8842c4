import { ClickHouse } from '../clickhouse/connection/click-house.js';
import { ClickHouseSchema } from '../clickhouse/schema/migrate.js';
import { Database } from '../postgres/connection/database.js';
import { PostgresSchema } from '../postgres/schema/migrate.js';
import type { SchemaTools } from '../shared/schema-tools.js';
import type { SharedTarget } from '../store/shared-target.js';

/** The tables of a target. */
export function openSchema(target: SharedTarget): SchemaTools {
  return target.kind === 'postgres'
    ? new PostgresSchema(new Database(target))
    : new ClickHouseSchema(new ClickHouse(target));
}
