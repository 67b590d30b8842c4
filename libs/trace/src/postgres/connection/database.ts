import type pg from 'pg';
import { TraceCollectorError } from '../../model/errors.js';
import { clearTimeout, setTimeout } from '../../model/timers.js';
import type { PostgresTarget } from '../../store/shared-target.js';
import { loadPg } from './load-pg.js';
import { isMissingTable, isTransient, pgError } from './pg-error.js';
import { ping, socketOf } from './ping.js';
import { Watchdog } from './watchdog.js';

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
  /** Statements without parameters that run with `BEGIN`, in one round trip. */
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
  private readonly watchdog = new Watchdog(() => ping(this.connection));

  constructor(readonly target: PostgresTarget) {}

  async rows<T>(statement: string, params: readonly unknown[] = []): Promise<T[]> {
    return (await this.query(statement, params)).rows as T[];
  }

  async run(statement: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.query(statement, params)).rowCount ?? 0;
  }

  /** A statement that may take minutes and cannot be in a transaction, such as `VACUUM`. */
  async runLong(statement: string): Promise<void> {
    await this.query(statement, [], NO_LIMIT_MS);
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

  private async query(
    statement: string,
    params: readonly unknown[],
    limitMs = STATEMENT_MS + 5_000,
  ): Promise<pg.QueryResult> {
    try {
      return await this.connected((run) => run(statement, params), limitMs);
    } catch (error) {
      throw this.failed(error);
    }
  }

  private once<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions): Promise<T> {
    const { statementMs = STATEMENT_MS, first = '' } = options;
    const transaction = async (run: Run): Promise<T> => {
      await run(beginning(statementMs, first), []);
      const result = await work({
        rows: async <R>(statement: string, params: readonly unknown[] = []) =>
          (await run(statement, params)).rows as R[],
        run: async (statement, params = []) => (await run(statement, params)).rowCount ?? 0,
      });
      await run('COMMIT', []);
      return result;
    };
    return this.connected(transaction, statementMs === 0 ? NO_LIMIT_MS : statementMs + 5_000);
  }

  /** Runs statements on one connection, which is not used again where one of them got no answer. */
  private async connected<T>(work: (run: Run) => Promise<T>, limitMs: number): Promise<T> {
    const client = await this.pool().connect();
    // The pool listens only while the connection is idle. Without a listener, a break between two statements would end the process.
    client.on('error', ignore);
    this.busy.add(client);
    let broken = false;
    const run: Run = async (statement, params) => {
      const query = { text: this.text(statement), values: params as unknown[], query_timeout: limitMs };
      try {
        return await this.watchdog.guard(client.query(query as pg.QueryConfig));
      } catch (error) {
        broken ||= !isAnswer(error);
        throw error;
      }
    };
    try {
      return await work(run);
    } catch (error) {
      // Without an answer, this would wait behind the statement. Breaking the connection rolls back too.
      if (!broken) await run('ROLLBACK', []).catch(ignore);
      throw error;
    } finally {
      this.busy.delete(client);
      client.off('error', ignore);
      client.release(broken);
      if (broken) socketOf(client)?.destroy();
    }
  }

  private failed(error: unknown): unknown {
    if (isMissingTable(error)) this.checked.clear();
    return pgError(error, this.target);
  }

  private get connection(): pg.ClientConfig {
    return { connectionString: this.target.url, application_name: 'nestjs-trace-collector' };
  }

  /** Quoted: a schema may be called `user`. */
  private text(statement: string): string {
    return statement.replaceAll(WRITTEN_SCHEMA, `"${this.target.schema}".`);
  }

  private pool(): pg.Pool {
    if (this.opened) return this.opened;
    if (this.closed) throw new TraceCollectorError('STORE_UNAVAILABLE', 'The shared store is closed in this process.');
    const { Pool } = loadPg();
    const pool = new Pool({
      ...this.connection,
      max: this.target.maxConnections,
      allowExitOnIdle: true,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: UNUSED_MS,
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

type Run = (statement: string, params: readonly unknown[]) => Promise<pg.QueryResult>;

function beginning(statementMs: number, first: string): string {
  return (
    'BEGIN ISOLATION LEVEL READ COMMITTED; ' +
    `SET LOCAL statement_timeout = ${statementMs}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}; ${first}`
  );
}

/** The server sent it, so the connection is usable. */
function isAnswer(error: unknown): boolean {
  return typeof (error as { severity?: unknown }).severity === 'string';
}

function ignore(): void {
  // The statement that runs, or the next one, rejects.
}

function typeParser(oid: number, format: string): (value: never) => unknown {
  if (oid === INT8) return Number;
  const { types } = loadPg() as unknown as { types: { getTypeParser(oid: number, format: string): () => unknown } };
  return types.getTypeParser(oid, format);
}
