import type { Micros } from '../../model/record.js';
import type { Database, Sql } from '../connection/database.js';

/** One state of the database. All statements of `sql` see it. */
export interface Snapshot {
  readonly sql: Sql;
  /** Transactions below this number had ended: `sql` sees their changes, if they were committed. */
  readonly xmin: string;
  /** The database's clock. */
  readonly now: Micros;
}

const SNAPSHOT = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin,
  (extract(epoch FROM now()) * 1000000)::bigint AS now`;

/** Reads one state of the database: a trace that ends meanwhile is neither missing nor counted twice. */
export function withSnapshot<T>(db: Database, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return db.transaction(
    async (sql) => {
      const [row] = await sql.rows<{ xmin: string; now: Micros }>(SNAPSHOT);
      return work({ sql, ...row! });
    },
    { first: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY' },
  );
}
