import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as client from '@clickhouse/client';
import { TraceCollectorError } from '../../model/errors.js';

/** What this room uses of the package `@clickhouse/client`. */
export type ClickHousePackage = Pick<typeof client, 'createClient' | 'ClickHouseError' | 'ClickHouseLogLevel'>;

/** Loads `@clickhouse/client` from the application. @throws TraceCollectorError `DRIVER_MISSING` where it is not installed */
export function loadClickHouse(from: string = join(process.cwd(), 'package.json')): ClickHousePackage {
  try {
    return createRequire(from)('@clickhouse/client') as ClickHousePackage;
  } catch (error) {
    throw new TraceCollectorError(
      'DRIVER_MISSING',
      'The shared store needs the package `@clickhouse/client`, which is not installed. Run `npm install @clickhouse/client` in the application.',
      { cause: error },
    );
  }
}
