import { findClickHouse, useClickHouse } from '../clickhouse/connection/load-client.js';
import { findPg, usePg } from '../postgres/connection/load-pg.js';
import type { SharedTarget } from '../store/shared-target.js';

/** Where the application has the package that connects to a database. Can be sent to a worker. */
export type DriverPlace = NonNullable<ReturnType<typeof findPg>>;

/** For the main thread. `undefined`: the package is not installed, and the first use of the target rejects with `DRIVER_MISSING`. */
export function findDriver(target: SharedTarget): DriverPlace | undefined {
  return target.kind === 'postgres' ? findPg() : findClickHouse();
}

/** For a worker, before the target's first use. */
export function useDriver(target: SharedTarget, place: DriverPlace | undefined): void {
  if (target.kind === 'postgres') usePg(place);
  else useClickHouse(place);
}
