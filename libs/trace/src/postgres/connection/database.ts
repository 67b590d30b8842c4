import type pg from 'pg';
import { TraceCollectorError } from '../../model/errors.js';
import type { PostgresTarget } from '../../store/shared-target.js';
import { loadPg } from './load-pg.js';
import { isMissingTable, isTransient, pgError } from './pg-error.js';

/** Statements are written with this schema, so that they can be copied into `psql`. */
const WRITTEN_SCHEMA = /\bnestjs_traces\./g;
/** OID of `int8`, which `pg` returns as text: all of ours are exact in a double. */
const INT8 = 20;

const CONNECT_MS = 5_000;
/**
 * Longest statement. Outside a transaction the client gives up waiting; inside one the server ends the statement before that.
 * `statement_timeout` cannot be a setting of the connection: pgbouncer gives each transaction another one.
 */
const STATEMENT_MS = 30_000;
/** A process that is frozen or cut off inside a transaction must not hold its locks. */
const IDLE_MS = 30_000;
/** Closes connections that nothing uses. */
const UNUSED_MS = 30_000;
const NO_LIMIT_MS = 86_400_000;
const CLOSE_MS = 1_000;
const TRIES = 5;

/** Runs statements. Parameters are `$1`, `$2`, …; `int8` comes as a number. Rejects with what `pg` rejects with. */
export interface Sql {
  rows<T>(statement: string, params?: readonly unknown[]): Promise<T[]>;
  /** The number of rows that it changed. */
  run(statement: string, params?: readonly unknown[]): Promise<number>;
}

export interface TransactionOptions {
  /** Longest statement in milliseconds; 0: no limit. Default: 30 s. */
  statementMs?: number;
  /** Statements without parameters that run with `BEGIN`, in the same round trip. */
  first?: string;
}

/**
 * The connections of this process to one database. They open at their first use, close when unused, and do not keep the
 * process alive. Failures of the connection, the server or its rights come as `STORE_UNAVAILABLE`.
 */
export class Database implements Sql {
  /** What `ensureSchema` found, by use. Emptied when a table turns out to be missing. */
  readonly checked = new Map<'read' | 'write', { at: number; done: Promise<void> }>();
  private opened: pg.Pool | undefined;
  private closed = false;
  private readonly busy = new Set<pg.PoolClient>();

  constructor(readonly target: PostgresTarget) {}

  async rows<T>(statement: string, params: readonly unknown[] = []): Promise<T[]> {
    return (await this.query(statement, params)).rows as T[];
  }

  async run(statement: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.query(statement, params)).rowCount ?? 0;
  }

  /**
   * One transaction on one connection. It is rolled back when `work` rejects, and run again, up to five times, after a deadlock or
   * a serialisation failure: so `work` may run more than once.
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.once(work, options);
      } catch (error) {
        if (tries >= TRIES || !isTransient(error)) throw this.failed(error);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries));
      }
    }
  }

  /** Gives running statements a second, then breaks their connections. Does not reject, and may be called twice. */
  async close(): Promise<void> {
    this.closed = true;
    const { opened } = this;
    this.opened = undefined;
    if (!opened) return;
    const ended = opened.end().catch(ignore);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_MS)))]);
    clearTimeout(timer);
    for (const client of this.busy) socketOf(client)?.destroy();
  }

  private async query(statement: string, params: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      return await this.pool().query(this.text(statement), params as unknown[]);
    } catch (error) {
      throw this.failed(error);
    }
  }

  private async once<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await this.pool().connect();
    // The pool listens only while the connection is idle. Without a listener, a break between two statements would end the process.
    client.on('error', ignore);
    const limit = options.statementMs === 0 ? NO_LIMIT_MS : (options.statementMs ?? STATEMENT_MS) + 5_000;
    const query = (statement: string, params: readonly unknown[] = []): Promise<pg.QueryResult> =>
      client.query({ text: this.text(statement), values: params as unknown[], query_timeout: limit } as pg.QueryConfig);
    let broken = true;
    this.busy.add(client);
    try {
      await query(beginning(options));
      const result = await work({
        rows: async <R>(statement: string, params?: readonly unknown[]) => (await query(statement, params)).rows as R[],
        run: async (statement, params) => (await query(statement, params)).rowCount ?? 0,
      });
      await query('COMMIT');
      broken = false;
      return result;
    } catch (error) {
      // Where the server did not answer, a ROLLBACK would wait behind the statement. Breaking the connection rolls back too.
      if (answers(error)) broken = await query('ROLLBACK').then(ok, failed);
      throw error;
    } finally {
      this.busy.delete(client);
      client.off('error', ignore);
      client.release(broken);
    }
  }

  private failed(error: unknown): unknown {
    if (isMissingTable(error)) this.checked.clear();
    return pgError(error, this.target);
  }

  /** Quoted: a schema may be called `user`. */
  private text(statement: string): string {
    return statement.replaceAll(WRITTEN_SCHEMA, `"${this.target.schema}".`);
  }

  private pool(): pg.Pool {
    if (this.opened) return this.opened;
    if (this.closed) throw new TraceCollectorError('STORE_UNAVAILABLE', 'The shared store is closed in this process.');
    const { Pool } = loadPg();
    const { url, maxConnections } = this.target;
    const pool = new Pool({
      connectionString: url,
      max: maxConnections,
      application_name: 'nestjs-trace-collector',
      allowExitOnIdle: true,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: UNUSED_MS,
      query_timeout: STATEMENT_MS + 5_000,
      // A peer that went away without a word is noticed while a statement waits for it.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: { getTypeParser: typeParser as never },
    });
    // Without a listener, an idle connection that breaks would end the application.
    pool.on('error', ignore);
    return (this.opened = pool);
  }
}

function beginning({ statementMs = STATEMENT_MS, first = '' }: TransactionOptions): string {
  return (
    'BEGIN ISOLATION LEVEL READ COMMITTED; ' +
    `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}; ${first}`
  );
}

/** Whether the connection is usable after this failure: the server sent it, or it is not about the connection. */
function answers(error: unknown): boolean {
  return typeof (error as { severity?: unknown }).severity === 'string' || error instanceof TraceCollectorError;
}

const ok = (): boolean => false;
const failed = (): boolean => true;

function socketOf(client: pg.PoolClient): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}

function ignore(): void {
  // The statement that runs, or the next one, rejects.
}

function typeParser(oid: number, format: string): (value: never) => unknown {
  if (oid === INT8) return Number;
  const { types } = loadPg() as unknown as { types: { getTypeParser(oid: number, format: string): () => unknown } };
  return types.getTypeParser(oid, format);
}
