import { TraceCollectorError } from '../../model/errors.js';
import { performance, wallNow } from '../../model/timers.js';
import type { SchemaStatus, SchemaTools } from '../../shared/schema-tools.js';
import type { Database, Sql } from '../connection/database.js';
import { LOCK } from '../connection/locks.js';
import { isRefused } from '../connection/pg-error.js';
import { DAILY_TABLES, DAY_US, createDays, dayOf, DAYS_AHEAD, listPartitions, type Day } from './partitions.js';
import { MIGRATIONS, SCHEMA_VERSION } from './schema.sql.js';
import { schemaScript } from './script.js';
import { createTrigramIndex, searchKind } from './trigram.js';
import { migrateCommand, readVersion, refusal } from './versions.js';

/** A newer program may migrate the tables while this one runs. */
const RECHECK_MS = 60_000;
/** Days that `db migrate` creates: where `manage` is off, it may run once a week. */
const DAYS_OF_COMMAND = 8;
/** PostgreSQL 14, the oldest that this was tested with. */
const OLDEST_SERVER = 140_000;

/**
 * Checks that this program may read, or write, the tables; with `manage: 'auto'` it creates and migrates them before. Asks
 * the database once a minute, and again after a failure.
 */
export async function ensureSchema(db: Database, use: 'read' | 'write'): Promise<void> {
  const last = db.checked.get(use);
  if (last && performance.now() - last.at < RECHECK_MS) return last.done;
  const done = check(db, use);
  db.checked.set(use, { at: performance.now(), done });
  done.catch(() => db.checked.delete(use));
  return done;
}

async function check(db: Database, use: 'read' | 'write'): Promise<void> {
  const { target } = db;
  let found = await readVersion(db);
  if (target.manage === 'auto' && (found?.version ?? 0) < SCHEMA_VERSION) {
    await migrate(db);
    found = await readVersion(db);
  }
  const refused = refusal(found, use, target);
  if (refused) throw refused;
}

/** Creates and migrates the tables. Processes that start at the same time wait for one of them. */
async function migrate(db: Database): Promise<{ from: number | null; to: number }> {
  try {
    // An index on many rows takes as long as it takes.
    return await db.transaction((sql) => steps(sql, db), { statementMs: 0, first: LOCK.migrate });
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new TraceCollectorError(
      'SCHEMA_OUTDATED',
      `The shared store has no tables of version ${SCHEMA_VERSION}, and the user of the URL may not create them. Grant it CREATE on the ` +
        `database, or let a user who may run \`${migrateCommand(db.target)}\`, or its output with --print.`,
      { cause: error },
    );
  }
}

async function steps(sql: Sql, { target }: Database): Promise<{ from: number | null; to: number }> {
  await checkServer(sql);
  const schema = await sql.rows<{ there: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS there', [
    `"${target.schema}"`,
  ]);
  if (!schema[0]!.there) await sql.run(`CREATE SCHEMA "${target.schema}"`);
  const table = await sql.rows<{ there: boolean }>("SELECT to_regclass('nestjs_traces.meta') IS NOT NULL AS there");
  // Asked like this, because a statement that fails would end the transaction.
  const found = table[0]!.there ? await readVersion(sql) : null;
  const from = found?.version ?? null;
  const due = MIGRATIONS.filter(({ version }) => version > (from ?? 0));
  for (const { statements } of due) await sql.run(statements);
  const last = due.at(-1);
  if (!last) return { from, to: from! };
  await sql.run(
    'INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES ($1, $2, $3) ' +
      'ON CONFLICT (one) DO UPDATE SET version = $1, min_reader = $2, min_writer = $3, migrated_at = now()',
    [last.version, last.minReader, last.minWriter],
  );
  if (target.search === 'trigram') await createTrigramIndex(sql);
  return { from, to: last.version };
}

async function checkServer(sql: Sql): Promise<void> {
  const { version, encoding } = (
    await sql.rows<{ version: string; encoding: string }>(
      "SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding",
    )
  )[0]!;
  if (Number(version) < OLDEST_SERVER) {
    throw new TraceCollectorError(
      'NOT_SUPPORTED',
      `The server is PostgreSQL ${Math.floor(Number(version) / 10_000)}. Use 14 or later.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new TraceCollectorError(
      'NOT_SUPPORTED',
      `The database has the encoding ${encoding}. Use a database with UTF8.`,
    );
  }
}

/** Creates and migrates the tables. */
export class PostgresSchema implements SchemaTools {
  constructor(readonly db: Database) {}

  async status(): Promise<SchemaStatus> {
    const { db } = this;
    const [server] = await db.rows<{ text: string }>(
      "SELECT 'PostgreSQL ' || current_setting('server_version') AS text",
    );
    const found = await readVersion(db);
    const refused = mayMigrate(db, found?.version) ? undefined : refusal(found, 'write', db.target);
    const [size] = await db.rows<{ bytes: number }>(BYTES, [db.target.schema]);
    const days = found ? await listPartitions(db) : [];
    return {
      kind: 'postgres',
      server: server!.text,
      name: db.target.schema,
      version: found?.version ?? null,
      wanted: SCHEMA_VERSION,
      ...(refused && { refused: refused.message }),
      bytes: size!.bytes,
      days: days.filter(({ table, day }) => table === 'heads' && day !== undefined).map(({ day }) => shownDay(day!)),
      ...(found && { search: await searchKind(db) }),
    };
  }

  /** Also creates the index of text search where it is missing, the days to come, and the partition for all other days. */
  async migrate(): Promise<{ from: number | null; to: number }> {
    const { db } = this;
    const done = await migrate(db);
    await db.transaction(
      async (sql) => {
        if (db.target.search === 'trigram') await createTrigramIndex(sql);
        for (const table of DAILY_TABLES) await sql.run(defaultPartition(table));
      },
      { statementMs: 0, first: LOCK.migrate },
    );
    await createDays(db, comingDays(DAYS_OF_COMMAND));
    db.checked.clear();
    return done;
  }

  script(): string {
    return schemaScript(this.db.target, comingDays(DAYS_OF_COMMAND));
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

const BYTES = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::int8 AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'`;

/** Takes the days that have no partition of their own, where applications do not create them. */
export function defaultPartition(table: string): string {
  return `CREATE TABLE IF NOT EXISTS nestjs_traces.${table}_default PARTITION OF nestjs_traces.${table} DEFAULT`;
}

/** From yesterday, which other clocks may still have. */
export function comingDays(ahead: number = DAYS_AHEAD): Day[] {
  const today = wallNow() * 1_000;
  return Array.from({ length: ahead + 2 }, (_, i) => dayOf(today + (i - 1) * DAY_US));
}

function mayMigrate(db: Database, version: number | undefined): boolean {
  return db.target.manage === 'auto' && (version ?? 0) < SCHEMA_VERSION;
}

function shownDay(day: Day): string {
  return `${day.slice(0, -4)}-${day.slice(-4, -2)}-${day.slice(-2)}`;
}
