import { createRequire } from 'node:module';
import { join } from 'node:path';
import type pg from 'pg';
import { TraceCollectorError } from '../../model/errors.js';

/** What this room uses of the package `pg`. */
export type Pg = Pick<typeof pg, 'Client' | 'Pool'>;

/** Loads `pg` from the application. @throws TraceCollectorError `DRIVER_MISSING` where it is not installed */
export function loadPg(from: string = join(process.cwd(), 'package.json')): Pg {
  try {
    return createRequire(from)('pg') as Pg;
  } catch (error) {
    throw new TraceCollectorError(
      'DRIVER_MISSING',
      'The shared store needs the package `pg`, which is not installed. Run `npm install pg` in the application.',
      { cause: error },
    );
  }
}
