import { createServer, type AddressInfo } from 'node:net';
import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { lossyWay } from '../../../../../test/support/lossy-connection.js';
import { postgres } from '../../store/shared-target.js';
import { Database } from './database.js';

describePostgres('connections to PostgreSQL', ({ server, database, second }) => {
  const terminate = (): Promise<unknown> =>
    server().query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $1',
      ['client backend'],
    );

  it('return numbers for int8, and count the rows of a change', async () => {
    const db = database();
    expect(await db.rows('SELECT $1::int8 AS n, NULL::int8 AS none, 5::int8 = 5 AS same', [2 ** 53 - 1])).toEqual([
      { n: 2 ** 53 - 1, none: null, same: true },
    ]);
    await db.transaction(async (sql) => {
      await sql.run('CREATE TEMP TABLE few (n int) ON COMMIT DROP');
      expect(await sql.run('INSERT INTO few SELECT generate_series(1, 3)')).toBe(3);
    });
  });

  it('roll a transaction back when its work rejects', async () => {
    const db = database();
    await db.run(`CREATE SCHEMA ${db.target.schema}`);
    await db.run('CREATE TABLE nestjs_traces.t (n int)');
    const failure = new Error('not about the database');
    const work = db.transaction(async (sql) => {
      await sql.run('INSERT INTO nestjs_traces.t VALUES (1)');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await db.rows('SELECT * FROM nestjs_traces.t')).toEqual([]);
  });

  it('run a transaction again after a deadlock', async () => {
    const db = database({ maxConnections: 4 });
    await db.run(`CREATE SCHEMA ${db.target.schema}`);
    await db.run('CREATE TABLE nestjs_traces.t (id int PRIMARY KEY, n int)');
    await db.run('INSERT INTO nestjs_traces.t VALUES (1, 0), (2, 0)');
    let met = 0;
    let both: () => void = () => undefined;
    const bothHaveOne = new Promise<void>((resolve) => (both = resolve));
    const change = (first: number, then: number): Promise<void> =>
      db.transaction(async (sql) => {
        await sql.run('UPDATE nestjs_traces.t SET n = n + 1 WHERE id = $1', [first]);
        if ((met += 1) === 2) both();
        await bothHaveOne;
        await sql.run('UPDATE nestjs_traces.t SET n = n + 1 WHERE id = $1', [then]);
      });
    await Promise.all([change(1, 2), change(2, 1)]);
    expect(await db.rows('SELECT n FROM nestjs_traces.t')).toEqual([{ n: 2 }, { n: 2 }]);
    expect(met).toBeGreaterThan(2);
  });

  it('end a statement of a transaction that takes too long, and work on', async () => {
    const db = database();
    const slow = db.transaction((sql) => sql.run('SELECT pg_sleep(60)'), { statementMs: 20 });
    await expect(slow).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('it cancelled a statement that took too long'),
    });
    expect(await db.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('may break: between two statements of a transaction, and while nothing uses them', async () => {
    const db = database();
    const broken = db.transaction(async (sql) => {
      await sql.run('SELECT 1');
      await terminate();
      await sql.run('SELECT 2');
    });
    await expect(broken).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await db.rows('SELECT 3 AS n')).toEqual([{ n: 3 }]);
    await terminate();
    await db.rows('SELECT 4').catch(() => undefined);
    expect(await db.rows('SELECT 5 AS n')).toEqual([{ n: 5 }]);
  });

  it('come back after the server was down', async () => {
    const db = database();
    await db.rows('SELECT 1');
    await server().stop('immediate');
    await expect(db.rows('SELECT 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(db.transaction((sql) => sql.run('SELECT 1'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await server().run();
    // pgbouncer waits for a second before it tries again.
    const answer = async (): Promise<unknown> => db.rows('SELECT 2 AS n').catch(answer);
    expect(await answer()).toEqual([{ n: 2 }]);
  });

  it('end the wait for a server that is cut off, and not for a statement that is slow', async () => {
    const way = await lossyWay(server().url);
    const db = second(database(), { url: way.url });
    expect(await db.rows("SELECT pg_sleep(1.5), 'slow' AS n")).toMatchObject([{ n: 'slow' }]);
    await db.runLong('VACUUM pg_catalog.pg_class');
    const begun = db.transaction(async (sql) => {
      await sql.run('SELECT 2');
      way.freeze();
      await sql.run('SELECT 3');
    });
    await expect(begun).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await way.close();
  });

  it('are named without the password when they fail', async () => {
    const url = new URL(server().directUrl);
    url.username = 'app';
    url.password = 'p@ss/w:rd';
    url.pathname = '/missing';
    const error = await second(database(), { url: url.href })
      .rows('SELECT 1')
      .catch((given: unknown) => given as Error);
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining(url.host) });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/p@ss|p%40ss/);
  });

  it('take a password, a user and a database with special characters', async () => {
    await server().query(`CREATE ROLE "a b@c:d/e" LOGIN PASSWORD 'x#y?z%&@'`);
    await server().query('CREATE DATABASE "my db"');
    const url = new URL(server().directUrl);
    url.username = encodeURIComponent('a b@c:d/e');
    url.password = encodeURIComponent('x#y?z%&@');
    url.pathname = `/${encodeURIComponent('my db')}`;
    expect(
      await second(database(), { url: url.href }).rows('SELECT current_user AS u, current_database() AS d'),
    ).toEqual([{ u: 'a b@c:d/e', d: 'my db' }]);
  });

  it('break when they are closed while a statement runs, and refuse further ones', async () => {
    const db = database();
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const slow = db.transaction(async (sql) => {
      await sql.run('SELECT 1');
      started();
      await sql.run('SELECT pg_sleep(60)');
    });
    const failed = expect(slow).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await running;
    await db.close();
    await failed;
    await db.close();
    await expect(db.rows('SELECT 1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a database that is out of reach', () => {
  const failing = async (url: string): Promise<Error> => {
    const db = new Database(postgres({ url }));
    const error = await db.rows('SELECT 1').catch((given: unknown) => given as Error);
    await db.close();
    return error as Error;
  };

  it('is named with its host and the cure', async () => {
    expect(await failing('postgres://app:secret@127.0.0.1:9/orders')).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message:
        'The shared store 127.0.0.1:9/orders is out of reach: nothing listens there. Start the server, or correct host and port.',
    });
    expect((await failing('postgres://app:secret@no-such-host.invalid/orders')).message).toMatch(
      /no-such-host\.invalid\/orders is out of reach: (the host name is unknown|the name server does not answer)/,
    );
  });

  it('is out of reach when what answers ends each connection', async () => {
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const { port } = closing.address() as AddressInfo;
    expect(await failing(`postgres://127.0.0.1:${port}/x`)).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await new Promise((resolve) => closing.close(resolve));
  });
});
