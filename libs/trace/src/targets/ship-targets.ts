import { Database } from '../postgres/connection/database.js';
import { PostgresShipTarget } from '../postgres/ship/ship-target.js';
import type { ShipTarget } from '../shared/ship-target.js';
import type { SharedTarget } from '../store/shared-target.js';

/** The database of a target as the place that takes records. It connects at the first call. */
export function openShipTarget(target: SharedTarget): ShipTarget {
  if (target.kind === 'postgres') return new PostgresShipTarget(new Database(target));
  throw new Error('not built yet');
}
