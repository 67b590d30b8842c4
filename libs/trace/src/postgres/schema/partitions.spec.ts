import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { A_DAY } from '../../../../../test/support/shipped.js';
import { ensureSchema } from './migrate.js';
import { DAY_US, createDays, dayOf, ensureDays, forgetDays, listPartitions, startOf } from './partitions.js';

describe('days', () => {
  it('begin at midnight UTC, before 1970 and in any year that a time can have', () => {
    expect(dayOf(A_DAY)).toBe('20261130');
    expect(dayOf(A_DAY - 1)).toBe('20261129');
    expect(dayOf(-1)).toBe('19691231');
    for (const time of [A_DAY, 0, -5 * DAY_US, Math.floor(Number.MAX_SAFE_INTEGER / DAY_US) * DAY_US]) {
      expect(startOf(dayOf(time))).toBe(time);
    }
  });
});

describePostgres('partitions', ({ server, database, second }) => {
  const HEAD = (started: number): string =>
    `INSERT INTO nestjs_traces.heads (key, started_us, source, version, trace_id, contact_id, status, last_us, errors, tags, search, doc, uses)
     VALUES ('k', ${started}, 1, 1, 't', 'c', 'active', 1, 0, '{}', '', '{}', '[]')`;

  it('are created once by processes that need the same days at the same time', async () => {
    const first = database();
    await ensureSchema(first, 'write');
    const all = [first, ...Array.from({ length: 4 }, () => second(first))];
    await Promise.all(all.map((db, i) => ensureDays(db, [A_DAY + i * DAY_US, A_DAY + (i + 1) * DAY_US])));
    const names = (await listPartitions(first)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('heads_'))).toEqual(
      ['20261130', '20261201', '20261202', '20261203', '20261204', '20261205'].map((day) => `heads_${day}`),
    );
    expect(names).toHaveLength(12);
  });

  it('have all indexes, and bodies that PostgreSQL does not try to compress', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await ensureDays(db, [A_DAY]);
    const indexes = (table: string): Promise<unknown[]> =>
      db.rows('SELECT count(*) AS n FROM pg_index WHERE indrelid = to_regclass($1) AND indisvalid', [
        `${db.target.schema}.${table}`,
      ]);
    expect(await indexes('heads_20261130')).toEqual(await indexes('heads'));
    const storage = await db.rows(
      `SELECT attstorage FROM pg_attribute WHERE attrelid = to_regclass('nestjs_traces.chunks_20261130') AND attname = 'body'`,
    );
    expect(storage).toEqual([{ attstorage: 'e' }]);
  });

  it('are not created by applications with `manage: off`', async () => {
    const db = database({ manage: 'off' });
    await ensureSchema(second(db, { manage: 'auto' }), 'write');
    await ensureDays(db, [A_DAY]);
    expect(await listPartitions(db)).toEqual([]);
  });

  it('take over what the partition for all days has of them', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    for (const table of ['heads', 'chunks']) {
      await db.run(`CREATE TABLE nestjs_traces.${table}_default PARTITION OF nestjs_traces.${table} DEFAULT`);
    }
    for (const started of [A_DAY - 1, A_DAY, A_DAY + DAY_US - 1, A_DAY + DAY_US]) await db.run(HEAD(started));
    await ensureDays(db, [A_DAY]);
    const rows = await db.rows<{ n: number }>(
      `SELECT count(*) AS n FROM nestjs_traces.heads_20261130 UNION ALL SELECT count(*) FROM nestjs_traces.heads_default`,
    );
    expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
    expect((await listPartitions(db))[0]).toEqual({ table: 'chunks', name: 'chunks_default', day: undefined });
  });

  it('are not needed by a user who may not create them, where one takes all days', async () => {
    const owner = database();
    await ensureSchema(owner, 'write');
    const { schema } = owner.target;
    await server().query('CREATE ROLE may_write LOGIN');
    await server().query(`GRANT USAGE ON SCHEMA ${schema} TO may_write`);
    const url = new URL(server().directUrl);
    url.username = 'may_write';
    const user = second(owner, { url: url.href });
    await expect(ensureDays(user, [A_DAY])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const table of ['heads', 'chunks']) {
      await owner.run(`CREATE TABLE nestjs_traces.${table}_default PARTITION OF nestjs_traces.${table} DEFAULT`);
    }
    await ensureDays(user, [A_DAY]);
  });

  it('get another name while a table has theirs', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await db.run('CREATE TABLE nestjs_traces.heads_20261130 (a int)');
    await createDays(db, ['20261130']);
    expect((await listPartitions(db)).map(({ name }) => name)).toEqual(['chunks_20261130', 'heads_20261130_2']);
    await db.run(HEAD(A_DAY));
  });

  it('are created again when one of the two was removed', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await ensureDays(db, [A_DAY]);
    await db.run('DROP TABLE nestjs_traces.chunks_20261130');
    forgetDays(db);
    await ensureDays(db, [A_DAY]);
    expect(await listPartitions(db)).toHaveLength(2);
  });

  it('do not make readers and writers of other days wait', async () => {
    const db = database();
    await ensureSchema(db, 'write');
    await ensureDays(db, [A_DAY]);
    await db.transaction(async (sql) => {
      await sql.run(HEAD(A_DAY));
      await sql.rows('SELECT count(*) FROM nestjs_traces.heads');
      // This transaction holds its locks meanwhile.
      await ensureDays(second(db), [A_DAY + DAY_US]);
    });
    expect(await listPartitions(db)).toHaveLength(4);
  });
});
