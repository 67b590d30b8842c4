import { ClickHouse } from '../clickhouse/connection/click-house.js';
import { ClickHouseShipTarget } from '../clickhouse/ship/ship-target.js';
import { Database } from '../postgres/connection/database.js';
import { PostgresShipTarget } from '../postgres/ship/ship-target.js';
import type { ShipTarget } from '../shared/ship-target.js';
import type { SharedTarget } from '../store/shared-target.js';

/** The database of a target as the place that takes records. It connects at the first call. */
export function openShipTarget(target: SharedTarget): ShipTarget {
  return target.kind === 'postgres'
    ? new PostgresShipTarget(new Database(target))
    : new ClickHouseShipTarget(new ClickHouse(target));
}
