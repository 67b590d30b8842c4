import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { A_DAY, batchOf, sourceOf, traceOf } from '../../../../../test/support/shipped.js';
import type { Database } from '../connection/database.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { ensureSchema, PostgresSchema } from './migrate.js';
import { createDays, dayOf } from './partitions.js';
import { MIGRATIONS, SCHEMA_VERSION } from './schema.sql.js';
import { searchKind } from './trigram.js';

describePostgres('the tables in PostgreSQL', ({ server, database, second }) => {
  /** The same database as a user without rights. */
  const asUser = async (user: string, of: Database, manage: 'auto' | 'off' = 'auto'): Promise<Database> => {
    await server().query(`CREATE ROLE ${user} LOGIN`);
    // The tests' pgbouncer makes everyone `postgres`.
    const url = new URL(server().directUrl);
    url.username = user;
    return second(of, { url: url.href, manage });
  };

  it('are created once by 8 processes that start at the same time', async () => {
    const first = database();
    const all = [first, ...Array.from({ length: 7 }, () => second(first))];
    await Promise.all(all.map((db, i) => ensureSchema(db, i % 2 === 0 ? 'read' : 'write')));
    expect(await first.rows('SELECT version, min_reader, min_writer FROM nestjs_traces.meta')).toEqual([
      { version: SCHEMA_VERSION, min_reader: 1, min_writer: 1 },
    ]);
    expect(await searchKind(first)).toBe('trigram');
  });

  it('of version 2 get what is new, and programs of version 1 may still use them', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await db.run('DROP TABLE nestjs_traces.alerts_sent');
    await db.run('UPDATE nestjs_traces.meta SET version = 2');
    const later = second(db);
    await ensureSchema(later, 'write');
    expect(await later.rows('SELECT version, min_reader, min_writer FROM nestjs_traces.meta')).toEqual([
      { version: SCHEMA_VERSION, min_reader: 1, min_writer: 1 },
    ]);
    expect(await later.rows('SELECT count(*) AS n FROM nestjs_traces.alerts_sent')).toEqual([{ n: 0 }]);
  });

  it('are not created with `manage: off`, and the error names the command without the password', async () => {
    const url = server().url.replace('postgres@', 'postgres:s3cret@');
    const db = database({ manage: 'off', url, schema: 'mine' });
    const error = (await ensureSchema(db, 'write').catch((given: unknown) => given)) as Error;
    expect(error).toMatchObject({ code: 'SCHEMA_OUTDATED' });
    expect(error.message).toContain('npx nestjs-trace-collector db migrate --store');
    expect(error.message).toContain('schema=mine');
    expect(error.message).not.toContain('s3cret');
    expect(await new PostgresSchema(db).status()).toMatchObject({
      version: null,
      wanted: SCHEMA_VERSION,
      refused: error.message,
    });
  });

  it('are created by the command also with `manage: off`, and a second time it changes nothing', async () => {
    const schema = new PostgresSchema(database({ manage: 'off' }));
    expect(await schema.migrate()).toEqual({ from: null, to: SCHEMA_VERSION });
    expect(await schema.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    await ensureSchema(schema.db, 'write');
    const status = await schema.status();
    expect(status).toMatchObject({
      kind: 'postgres',
      version: SCHEMA_VERSION,
      wanted: SCHEMA_VERSION,
      search: 'trigram',
    });
    expect(status.refused).toBeUndefined();
    expect(status.days.length).toBe(10);
    expect(status.server).toMatch(/^PostgreSQL \d/);
    expect(status.bytes).toBeGreaterThan(0);
  });

  it('of version 1 are migrated with their rows, and programs of version 1 go on with them', async () => {
    const db = database();
    await server().query(`CREATE SCHEMA ${db.target.schema}`);
    await db.run(MIGRATIONS[0]!.statements);
    await db.run('INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES (1, 1, 1)');
    await db.run("INSERT INTO nestjs_traces.hours (at_us, data) VALUES (0, '{}')");
    await createDays(db, [dayOf(A_DAY)]);
    await ensureSchema(second(db, { manage: 'off' }), 'read').catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'SCHEMA_OUTDATED' }),
    );
    await ensureSchema(db, 'write');
    expect(await db.rows('SELECT version, min_reader, min_writer FROM nestjs_traces.meta')).toEqual([
      { version: SCHEMA_VERSION, min_reader: 1, min_writer: 1 },
    ]);
    expect(await db.rows('SELECT stale_xid IS NOT NULL AS stale FROM nestjs_traces.hours')).toEqual([{ stale: true }]);
    const names = await db.rows<{ def: string }>(
      "SELECT indexdef AS def FROM pg_indexes WHERE schemaname = $1 AND tablename LIKE 'heads_2%'",
      [db.target.schema],
    );
    expect(names.filter(({ def }) => /ended_us - started_us|\(cost_nano\)/.test(def))).toHaveLength(2);
  });

  it('take records of all days with `manage: off`', async () => {
    const schema = new PostgresSchema(database({ manage: 'off' }));
    await schema.migrate();
    const to = new PostgresShipTarget(schema.db);
    const source = sourceOf();
    await to.open(source);
    const traces = [0, Date.UTC(2100, 0) * 1_000].map((startedAt, i) => traceOf(source, i, { startedAt }));
    expect(await to.ship(batchOf(source, traces))).toBe('taken');
    expect(await schema.db.rows('SELECT count(*) AS n FROM nestjs_traces.heads_default')).toEqual([{ n: 2 }]);
  });

  it('are what the script for administrators creates', async () => {
    const [made, scripted] = [database(), database({ manage: 'off' })];
    await new PostgresSchema(made).migrate();
    await server().query(new PostgresSchema(scripted).script());
    await ensureSchema(scripted, 'write');
    const columns = (db: Database): Promise<unknown[]> =>
      db.rows(
        `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
         WHERE table_schema = $1 ORDER BY table_name, ordinal_position`,
        [db.target.schema],
      );
    const indexes = (db: Database): Promise<unknown[]> =>
      db.rows(
        `SELECT tablename, indexname, replace(indexdef, $1, '') AS def FROM pg_indexes WHERE schemaname = $1 ORDER BY 1, 2`,
        [db.target.schema],
      );
    expect(await columns(scripted)).toEqual(await columns(made));
    expect(await indexes(scripted)).toEqual(await indexes(made));
    expect(await new PostgresSchema(scripted).status()).toMatchObject({ version: SCHEMA_VERSION });
  });

  it('have no index of text search where the extension may not be installed', async () => {
    await server().query('DROP EXTENSION IF EXISTS pg_trgm CASCADE');
    const owner = database();
    const db = await asUser('no_extension', owner);
    // The owner of a schema that was made for it, without rights on the database.
    await server().query(`CREATE SCHEMA ${owner.target.schema} AUTHORIZATION no_extension`);
    await ensureSchema(db, 'write');
    expect(await new PostgresSchema(db).status()).toMatchObject({ version: SCHEMA_VERSION, search: 'scan' });
    expect(await new PostgresSchema(second(owner)).migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    expect(await searchKind(db)).toBe('trigram');
  });

  it('have no index of text search with `search: scan`', async () => {
    const db = database({ search: 'scan' });
    await ensureSchema(db, 'read');
    expect(await searchKind(db)).toBe('scan');
  });

  it('are refused with a cure where the user may not create them', async () => {
    const db = await asUser('nobody_there', database());
    await expect(ensureSchema(db, 'write')).rejects.toMatchObject({ code: 'SCHEMA_OUTDATED' });
    await expect(ensureSchema(db, 'write')).rejects.toThrow(/may not create them\. Grant it CREATE/);
  });

  it('are read by a user who may only read', async () => {
    const owner = database();
    await ensureSchema(owner, 'write');
    const db = await asUser('only_reads', owner, 'off');
    await server().query(`GRANT USAGE ON SCHEMA ${owner.target.schema} TO only_reads`);
    await server().query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${owner.target.schema} TO only_reads`);
    await ensureSchema(db, 'read');
    const shipping = new PostgresShipTarget(db).open(sourceOf());
    await expect(shipping).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(shipping).rejects.toThrow(/the user may not do this/);
  });

  it('are refused to an older program that may not write them, and read by it', async () => {
    const to = new PostgresShipTarget(database());
    const source = sourceOf();
    await to.open(source);
    await to.ship(batchOf(source, [traceOf(source, 1)]));
    // What a newer program does while this one runs.
    await to.db.run(
      `UPDATE nestjs_traces.meta SET version = ${SCHEMA_VERSION + 1}, min_writer = ${SCHEMA_VERSION + 1}`,
    );
    const refused = { code: 'SCHEMA_NEWER', message: expect.stringContaining('its records wait in its directory') };
    await expect(to.ship(batchOf(source, [traceOf(source, 2)], 100))).rejects.toMatchObject(refused);
    await expect(to.open(source)).rejects.toMatchObject(refused);
    await ensureSchema(second(to.db), 'read');
    expect((await new PostgresSchema(second(to.db)).status()).refused).toContain('Update nestjs-trace-collector');
    await to.db.run('UPDATE nestjs_traces.meta SET min_writer = 1');
    expect(await to.ship(batchOf(source, [traceOf(source, 2)], 100))).toBe('taken');
  });

  it('are refused to an older program that may not read them', async () => {
    const db = database();
    await ensureSchema(db, 'read');
    await db.run(`UPDATE nestjs_traces.meta SET version = ${SCHEMA_VERSION + 1}, min_reader = ${SCHEMA_VERSION + 1}`);
    await expect(ensureSchema(second(db), 'read')).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
  });

  it('may be in a schema with the name of a keyword', async () => {
    const to = new PostgresShipTarget(database({ schema: 'user' }));
    const source = sourceOf();
    await to.open(source);
    expect(await to.ship(batchOf(source, [traceOf(source, 1)]))).toBe('taken');
  });

  it('are out of reach in a database that is read-only', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await server().query('CREATE ROLE standby SUPERUSER LOGIN');
    await server().query('ALTER ROLE standby SET default_transaction_read_only = on');
    const url = new URL(server().directUrl);
    url.username = 'standby';
    const shipping = new PostgresShipTarget(second(db, { url: url.href })).open(sourceOf());
    await expect(shipping).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(shipping).rejects.toThrow(/it is read-only/);
  });

  it('need a database with UTF-8', async () => {
    await server().query("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    const url = new URL(server().directUrl);
    url.pathname = '/latin';
    await expect(ensureSchema(database({ url: url.href }), 'write')).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});
