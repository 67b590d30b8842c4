import type pg from 'pg';
import { findPackage, loadPackage, type PackagePlace } from '../../catalog/db/sqlite/sqlite-package.js';
import { TraceCollectorError } from '../../model/errors.js';

/** What this room uses of the package `pg`. */
export type Pg = Pick<typeof pg, 'Client' | 'Pool' | 'types'>;

const PACKAGE = 'pg';

let place: PackagePlace | undefined;
let loaded: Pg | undefined;

/** Where the application has the package. For the main thread; `undefined`: it is not installed. */
export function findPg(): PackagePlace | undefined {
  return (place ??= findPackage(PACKAGE));
}

/** Sets the place for this thread: a worker cannot search from the application's main file. */
export function usePg(given: PackagePlace | undefined): void {
  place = given;
  loaded = undefined;
}

/** Loads `pg` from the application. @throws TraceCollectorError `DRIVER_MISSING` where it is not installed */
export function loadPg(): Pg {
  if (loaded) return loaded;
  const found = findPg();
  if (!found) throw missing('is not installed');
  try {
    const all = loadPackage<Pg & { default?: Pg }>(found);
    return (loaded = all.Pool ? all : all.default!);
  } catch (cause) {
    throw missing(`could not be loaded (${(cause as Error).message})`, cause);
  }
}

function missing(why: string, cause?: unknown): TraceCollectorError {
  return new TraceCollectorError(
    'DRIVER_MISSING',
    `The shared store on PostgreSQL needs the package \`${PACKAGE}\`, which ${why}. Run \`npm install ${PACKAGE}\` in the application.`,
    cause === undefined ? {} : { cause },
  );
}
