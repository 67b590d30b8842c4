import type * as client from '@clickhouse/client';
import { findPackage, loadPackage, type PackagePlace } from '../../catalog/db/sqlite/sqlite-package.js';
import { TraceCollectorError } from '../../model/errors.js';

/** What this room uses of the package `@clickhouse/client`. */
export type ClickHousePackage = Pick<typeof client, 'createClient' | 'ClickHouseLogLevel'>;

const PACKAGE = '@clickhouse/client';

let place: PackagePlace | undefined;
let loaded: ClickHousePackage | undefined;

/** Where the application has the package. For the main thread; `undefined`: it is not installed. */
export function findClickHouse(): PackagePlace | undefined {
  return (place ??= findPackage(PACKAGE));
}

/** Sets the place for this thread: a worker cannot search from the application's main file. */
export function useClickHouse(given: PackagePlace | undefined): void {
  place = given;
  loaded = undefined;
}

/** Loads `@clickhouse/client` from the application. @throws TraceCollectorError `DRIVER_MISSING` where it is not installed */
export function loadClickHouse(): ClickHousePackage {
  if (loaded) return loaded;
  const found = findClickHouse();
  if (!found) throw missing('is not installed');
  try {
    const all = loadPackage<ClickHousePackage & { default?: ClickHousePackage }>(found);
    return (loaded = all.default ?? all);
  } catch (cause) {
    throw missing(`could not be loaded (${(cause as Error).message})`, cause);
  }
}

function missing(why: string, cause?: unknown): TraceCollectorError {
  return new TraceCollectorError(
    'DRIVER_MISSING',
    `The shared store on ClickHouse needs the package \`${PACKAGE}\`, which ${why}. Run \`npm install ${PACKAGE}\` in the application.`,
    cause === undefined ? {} : { cause },
  );
}
