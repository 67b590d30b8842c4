import type { StoreInstance } from '../model/health.js';
import type { Sql } from './connection/database.js';

/** The processes that record into the database, newest first. */
export async function listInstances(_sql: Sql): Promise<StoreInstance[]> {
  throw new Error('not built yet');
}
