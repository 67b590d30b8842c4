import type { TextSearch } from '../../model/trace-search.js';
import type { StoredTrace, TracePage } from '../../model/trace.js';
import type { Database } from '../connection/database.js';

/** Finds and reads traces in the database. */
export class PostgresReader {
  constructor(readonly db: Database) {}

  search(_search: TextSearch): Promise<TracePage> {
    throw new Error('not built yet');
  }

  getMany(_traceIds: readonly string[]): Promise<StoredTrace[]> {
    throw new Error('not built yet');
  }
}
