import type pg from 'pg';
import type { PostgresTarget } from '../../store/shared-target.js';
import { loadPg } from './load-pg.js';

/** Statements are written with this schema, so that they can be copied into `psql`. */
const WRITTEN_SCHEMA = /\bnestjs_traces\./g;
/** OID of `int8`, which `pg` returns as text: all of ours are exact in a double. */
const INT8 = 20;

/** Runs statements. Parameters are `$1`, `$2`, …; `int8` comes as a number. Rejects with what `pg` rejects with. */
export interface Sql {
  rows<T>(statement: string, params?: readonly unknown[]): Promise<T[]>;
  /** The number of rows that it changed. */
  run(statement: string, params?: readonly unknown[]): Promise<number>;
}

/** The connections of this process to one database. They open at their first use. */
export class Database implements Sql {
  private opened: pg.Pool | undefined;

  constructor(readonly target: PostgresTarget) {}

  async rows<T>(statement: string, params: readonly unknown[] = []): Promise<T[]> {
    return (await this.pool().query(this.text(statement), params as unknown[])).rows as T[];
  }

  async run(statement: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.pool().query(this.text(statement), params as unknown[])).rowCount ?? 0;
  }

  /** One transaction on one connection. It is rolled back when `work` rejects. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.pool().connect();
    const query = (statement: string, params: readonly unknown[] = []) =>
      client.query(this.text(statement), params as unknown[]);
    let broken = true;
    try {
      await client.query('BEGIN');
      const result = await work({
        rows: async <R>(statement: string, params?: readonly unknown[]) => (await query(statement, params)).rows as R[],
        run: async (statement, params) => (await query(statement, params)).rowCount ?? 0,
      });
      await client.query('COMMIT');
      broken = false;
      return result;
    } catch (error) {
      broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Does not reject, and may be called twice. */
  async close(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.end().catch(() => undefined);
  }

  private text(statement: string): string {
    return statement.replaceAll(WRITTEN_SCHEMA, `${this.target.schema}.`);
  }

  private pool(): pg.Pool {
    if (this.opened) return this.opened;
    const { Pool } = loadPg();
    const { url, maxConnections } = this.target;
    const pool = new Pool({
      connectionString: url,
      max: maxConnections,
      application_name: 'nestjs-trace-collector',
      allowExitOnIdle: true,
      connectionTimeoutMillis: 5_000,
      types: { getTypeParser: typeParser as never },
    });
    // Without a listener, an idle connection that breaks would end the application.
    pool.on('error', () => undefined);
    return (this.opened = pool);
  }
}

function typeParser(oid: number, format: string): (value: never) => unknown {
  if (oid === INT8) return Number;
  const { types } = loadPg() as unknown as { types: { getTypeParser(oid: number, format: string): () => unknown } };
  return types.getTypeParser(oid, format);
}
