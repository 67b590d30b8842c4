import { delay, performance } from '../../model/timers.js';
import { isTransient } from '../connection/pg-error.js';
import type { Database, Sql } from '../connection/database.js';

/** Longest wait for a lock. Statements that come meanwhile wait behind it, so it is short, and tried again. */
const WAIT = '200ms';
/** Calls of `Database.transaction`, which tries five times. */
const TRIES = 5;
/** For a first look whether the tables can be locked at all. */
export const FEW_TRIES = 1;

/**
 * Nothing reads or writes `heads` and `chunks` while these are locked. In the order in which a batch is stored: in the other
 * order, this and a batch wait for each other nearly every time.
 */
const TABLES = 'ONLY nestjs_traces.chunks, ONLY nestjs_traces.heads';

/**
 * One transaction whose statements wait for locks for a short time only; it is tried again, for some 10 s, when another
 * transaction has what it needs. Rejects with PostgreSQL's error when that did not help.
 */
export async function withShortWaits<T>(db: Database, work: (sql: Sql) => Promise<T>, most = TRIES): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction(work, { first: `SET LOCAL lock_timeout = '${WAIT}';`, statementMs: 0 });
    } catch (error) {
      if (!isTransient(error) || tries >= most) throw error;
      // Readers that waited behind this lock get a turn.
      await delay(100 + Math.random() * 300);
    }
  }
}

/** As `withShortWaits`, with `heads` and `chunks` locked against all others. Returns for how many milliseconds, without `COMMIT`. */
export async function withTablesLocked(
  db: Database,
  work: (sql: Sql) => Promise<void>,
  { partitions = [], most = TRIES }: { partitions?: readonly string[]; most?: number } = {},
): Promise<number> {
  let lockedMs = 0;
  const locked = async (sql: Sql): Promise<void> => {
    await sql.run(`LOCK TABLE ${[TABLES, ...partitions].join(', ')} IN ACCESS EXCLUSIVE MODE`);
    const since = performance.now();
    await work(sql);
    lockedMs = performance.now() - since;
  };
  // `COMMIT` releases the locks before it removes the files of dropped tables, which takes up to a second.
  await withShortWaits(db, locked, most);
  return lockedMs;
}
