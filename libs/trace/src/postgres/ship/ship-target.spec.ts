import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { lossyWay } from '../../../../../test/support/lossy-connection.js';
import { A_DAY, batchOf, sourceOf, traceOf } from '../../../../../test/support/shipped.js';
import { unpackLines } from '../../shared/chunk.js';
import type { Sql } from '../connection/database.js';
import { LOCK } from '../connection/locks.js';
import { listInstances } from '../instances.js';
import { PostgresShipTarget } from './ship-target.js';

describePostgres('shipping into PostgreSQL', ({ server, database, second }) => {
  const open = (): PostgresShipTarget => new PostgresShipTarget(database());
  const count = async ({ db }: PostgresShipTarget, table: string): Promise<number> =>
    (await db.rows<{ n: number }>(`SELECT count(*) AS n FROM nestjs_traces.${table}`))[0]!.n;

  it('registers a source once, and returns where its records end', async () => {
    const to = open();
    const source = sourceOf();
    expect(await to.open(source)).toEqual({ segment: 0, offset: 0 });
    expect(await to.ship(batchOf(source, [traceOf(source, 1)], 0, 500))).toBe('taken');
    expect(await to.open(source)).toEqual({ segment: 1, offset: 500 });
    expect(await to.open(sourceOf())).toEqual({ segment: 0, offset: 0 });
  });

  it('stores lines and heads as they were given', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    const trace = traceOf(source, 1, { status: 'error', errors: 2, tags: { order: 'a,"b"\\{}' } });
    const batch = batchOf(source, [trace]);
    await to.ship(batch);
    expect(await to.traces([trace.head.key, 'unknown'])).toEqual([trace]);
    const [chunk] = await to.db.rows<{ body: Buffer }>('SELECT body FROM nestjs_traces.chunks');
    expect(unpackLines(chunk!.body)).toEqual(unpackLines(batch.chunks[0]!.body));
    expect(await to.db.rows('SELECT source, batch, oldest_us, newest_us FROM nestjs_traces.batches')).toEqual([
      { source: 1, batch: 1, oldest_us: A_DAY + 1, newest_us: A_DAY + 1 },
    ]);
  });

  it('takes one of several batches that begin at the same place', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    const all = [to, new PostgresShipTarget(second(to.db)), new PostgresShipTarget(second(to.db))];
    const ship = (each: PostgresShipTarget, i: number): Promise<string> =>
      each.ship(batchOf(source, [traceOf(source, i)], 0, 100 + i));
    expect((await Promise.all(all.map(ship))).toSorted()).toEqual(['fenced', 'fenced', 'taken']);
    expect(await count(to, 'chunks')).toBe(1);
  });

  it('has the position of what is stored, when the answer to COMMIT is lost', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    // The day is there, so that the COMMIT is that of the batch.
    const other = sourceOf();
    await to.open(other);
    await to.ship(batchOf(other, [traceOf(other, 1)]));
    const lossy = await lossyWay(server().url, { untilCommit: true });
    const cut = new PostgresShipTarget(second(to.db, { url: lossy.url }));
    const batch = batchOf(source, [traceOf(source, 1)]);
    await expect(cut.ship(batch)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await lossy.close();
    expect(await to.open(source)).toEqual(batch.to);
    expect(await to.ship(batch)).toBe('fenced');
    expect(await count(to, 'chunks')).toBe(2);
  });

  it('leaves out what is written of a trace that was erased while it ran', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    const [erased, other] = [traceOf(source, 1), traceOf(source, 2)];
    await to.db.run('INSERT INTO nestjs_traces.erased_traces (key) VALUES ($1)', [erased.head.key]);
    expect(await to.ship(batchOf(source, [erased, other]))).toBe('taken');
    expect(await to.db.rows('SELECT key FROM nestjs_traces.heads')).toEqual([{ key: other.head.key }]);
    expect(await to.db.rows('SELECT key FROM nestjs_traces.chunks')).toEqual([{ key: other.head.key }]);
  });

  it('waits for an erasure that is going on, and leaves out what it erased', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    const trace = traceOf(source, 1);
    const waiting = `SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
    let shipping: Promise<string> | undefined;
    const erase = async (sql: Sql): Promise<void> => {
      shipping = to.ship(batchOf(source, [trace]));
      while ((await server().query<{ n: string }>(waiting))[0]?.n === '0') await new Promise(setImmediate);
      await sql.run('INSERT INTO nestjs_traces.erased_traces (key) VALUES ($1)', [trace.head.key]);
    };
    await second(to.db).transaction(erase, { first: LOCK.erase });
    expect(await shipping).toBe('taken');
    expect(await count(to, 'heads')).toBe(0);
  });

  it('stores traces of a day whose partition retention has removed', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    await to.ship(batchOf(source, [traceOf(source, 1)]));
    await to.db.run('DROP TABLE nestjs_traces.heads_20261130, nestjs_traces.chunks_20261130');
    expect(await to.ship(batchOf(source, [traceOf(source, 2)], 100))).toBe('taken');
    expect(await count(to, 'heads')).toBe(1);
  });

  it('creates the tables again when they were removed, and begins anew', async () => {
    const to = open();
    const source = sourceOf();
    await to.open(source);
    await to.ship(batchOf(source, [traceOf(source, 1)]));
    await to.db.run(`DROP SCHEMA ${to.db.target.schema} CASCADE`);
    expect(await to.ship(batchOf(source, [traceOf(source, 2)], 100))).toBe('fenced');
    expect(await to.open(source)).toEqual({ segment: 0, offset: 0 });
    expect(await to.ship(batchOf(source, [traceOf(source, 1), traceOf(source, 2)]))).toBe('taken');
  });

  it('lists the processes with their last sign of life', async () => {
    const to = open();
    const source = sourceOf({ service: 'crm' });
    await to.open(source);
    await to.ship(batchOf(source, [traceOf(source, 1, { status: 'active', endedAt: null })]));
    await to.beat(source, { lagBytes: 7, lostBytes: 8, dropped: { full: 9 } });
    const live = { instance: 'a', service: 'crm', state: 'live', lagBytes: 7, lostBytes: 8, dropped: { full: 9 } };
    expect(await listInstances(to.db)).toMatchObject([{ ...live, activeTraces: 1 }]);
    await to.db.run("UPDATE nestjs_traces.sources SET seen_at = now() - interval '61 s'");
    expect(await listInstances(to.db)).toMatchObject([{ state: 'silent' }]);
    await to.beat(source, { lagBytes: 0, lostBytes: 8, dropped: {} }, true);
    expect(await listInstances(to.db)).toMatchObject([{ state: 'closed' }]);
    await to.open(source);
    expect(await listInstances(to.db)).toMatchObject([{ state: 'live' }]);
  });

  it('takes what another process ships of it for no sign of life', async () => {
    const to = open();
    const dead = sourceOf({ isOwn: false });
    await to.open(dead);
    await to.ship(batchOf(dead, [traceOf(dead, 1)]));
    await to.beat(dead, { lagBytes: 0, lostBytes: 0, dropped: {} }, true);
    expect(await listInstances(to.db)).toMatchObject([{ state: 'silent', lagBytes: 0 }]);
  });
});
