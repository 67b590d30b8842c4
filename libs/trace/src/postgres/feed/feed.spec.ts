import { freshTables } from '../../../../../test/support/postgres-traces.js';
import { ShippingProcess } from '../../../../../test/support/postgres-process.js';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import type { TraceRecord } from '../../model/record.js';
import type { FeedPosition, FeedRecord } from '../../model/trace.js';
import type { Database } from '../connection/database.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { PostgresFeed } from './feed.js';
import { FORGET_BATCHES } from './sources.js';

const missing = PostgresServer.missing;
const DAY = LEVELS[2];
const NOW = Date.now() * 1000;

(missing ? describe.skip : describe)(`the feed of PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let db: Database;
  let target: PostgresShipTarget;
  let feed: PostgresFeed;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    db = await freshTables(server);
    target = new PostgresShipTarget(db);
    feed = new PostgresFeed(db);
  });
  afterEach(async () => {
    feed.close();
    await db.close();
  });

  const start = (): Promise<ShippingProcess> => new ShippingProcess(target).open();

  async function drain(after: FeedPosition | undefined, limit = 1_000, until?: FeedPosition): Promise<FeedRecord[]> {
    const all: FeedRecord[] = [];
    for (let position = after; ;) {
      const page = await feed.readAfter(position, { limit, until });
      expect(page.records.length).toBeLessThanOrEqual(limit);
      all.push(...page.records);
      position = page.position;
      if (page.done) return all;
    }
  }

  /** As if this time had passed since. */
  async function age(seconds: number, where = 'true'): Promise<void> {
    await db.run(`UPDATE nestjs_traces.batches SET stored_at = stored_at - $1 * interval '1 second' WHERE ${where}`, [
      seconds,
    ]);
    await db.run(
      `UPDATE nestjs_traces.sources SET registered_at = registered_at - $1 * interval '1 second' WHERE ${where}`,
      [seconds],
    );
  }

  /** The position as it would have been made this many seconds ago. */
  function aged(position: FeedPosition, seconds: number): FeedPosition {
    return position.replace(
      /\.([0-9a-z]+)/,
      (_all, at: string) => `.${(Number.parseInt(at, 36) - seconds).toString(36)}`,
    );
  }

  it('has the records of a source in the order in which they were written, over the chunks of a batch', async () => {
    const one = await start();
    const begin = await feed.head();
    await one.ship(['a', 'b', 'a', 'c', 'b', 'a'], NOW);
    await one.ship(['b', 'c', 'b'], NOW);
    const all = await drain(begin);
    expect(seqs(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(all.map(({ record }) => (record as TraceRecord).trace)).toEqual(
      ['a', 'b', 'a', 'c', 'b', 'a', 'b', 'c', 'b'].map((name) => one.keyOf(name)),
    );
    expect(seqs(await drain(undefined))).toEqual(seqs(all));
  });

  it('resumes after each record, with pages of any size, up to any other', async () => {
    const two = [await start(), await start()] as const;
    const begin = await feed.head();
    for (let n = 0; n < 3; n += 1) {
      await two[n % 2]!.ship(['a', 'b', 'a', 'c'].slice(0, 1 + (n % 4)), NOW - n * DAY);
      await two[1].ship(['x', 'y', 'x'], NOW);
    }
    const all = await drain(begin);
    for (const limit of [1, 2, 3, 7]) expect(ids(await drain(begin, limit))).toEqual(ids(all));
    for (const [i, { position }] of all.entries()) {
      expect(ids(await drain(position))).toEqual(ids(all.slice(i + 1)));
      expect(ids(await drain(begin, 4, position))).toEqual(ids(all.slice(0, i + 1)));
      const middle = all[Math.floor(i / 2)]!.position;
      expect(ids(await drain(middle, 2, position))).toEqual(ids(all.slice(Math.floor(i / 2) + 1, i + 1)));
    }
  });

  it('skips nothing where a batch is committed after later ones of other sources', async () => {
    const [slow, quick] = [await start(), await start()];
    let after = await feed.head();
    const records: FeedRecord[] = [];
    const read = async (): Promise<void> => {
      const page = await feed.readAfter(after, { limit: 100, until: await feed.head() });
      records.push(...page.records);
      after = page.position;
    };
    await slow.ship(['a'], NOW);
    const { batch } = slow.batch(['a', 'a'], NOW);
    const held = await holdCommit(batch.chunks[0]!.key);
    const shipping = target.ship(batch);
    await held.reached;
    for (let n = 0; n < 3; n += 1) {
      await quick.ship(['b'], NOW);
      await read();
    }
    expect(ids(records).length).toBe(4);
    await held.release();
    expect(await shipping).toBe('taken');
    await quick.ship(['b'], NOW);
    await read();
    expect(new Set(ids(records)).size).toBe(7);
    expect(records.length).toBe(7);
  });

  it('begins at its head with sources that come later, also one that was registered before', async () => {
    const [early, late] = [await start(), await start()];
    await late.ship(['a'], NOW);
    const begin = await feed.head();
    const newest = await start();
    await newest.ship(['c'], NOW);
    const until = await feed.head();
    await early.ship(['b', 'b'], NOW);
    const first = await feed.readAfter(begin, { limit: 100, until });
    expect(ids(first.records)).toEqual([`${newest.keyOf('c')} 1`]);
    // Long after, as far as the batches know.
    await age(20 * 60);
    const rest = await drain(aged(first.position, 20 * 60));
    expect(ids(rest)).toEqual([`${early.keyOf('b')} 1`, `${early.keyOf('b')} 2`]);
  });

  it('leaves sources out of positions that have stored nothing for half an hour, and reads them when they come back', async () => {
    const processes = await Promise.all(Array.from({ length: 8 }, start));
    for (const each of processes) await each.ship(['a', 'b'], NOW);
    const long = await feed.head();
    await age(3 * 3600, 'source < 8');
    const short = await feed.head();
    expect(short.length).toBeLessThan(long.length / 2);
    expect(await drain(short)).toEqual([]);
    const back = processes[2]!;
    await back.ship(['c'], NOW);
    await back.ship(['c'], NOW);
    expect(ids(await drain(short))).toEqual([`${back.keyOf('c')} 3`, `${back.keyOf('c')} 4`]);
    expect(ids(await drain(short, 1))).toEqual([`${back.keyOf('c')} 3`, `${back.keyOf('c')} 4`]);
    // The position that still names it reads the same.
    expect(ids(await drain(long))).toEqual([`${back.keyOf('c')} 3`, `${back.keyOf('c')} 4`]);
    const { position } = await feed.readAfter(long, { limit: 1 });
    expect(position.length).toBeLessThan(long.length);
  });

  it('resumes after two days with all that is there', async () => {
    const [gone, lives] = [await start(), await start()];
    await gone.ship(['a'], NOW);
    await lives.ship(['b'], NOW);
    const begin = await feed.head();
    await gone.ship(['a'], NOW);
    for (let n = 0; n < 4; n += 1) await lives.ship(['b', 'c'], NOW);
    await age(2 * 86_400);
    await db.run(FORGET_BATCHES);
    await lives.ship(['d'], NOW);
    const fresh = await start();
    await fresh.ship(['e'], NOW);
    expect((await db.rows('SELECT FROM nestjs_traces.batches')).length).toBe(4);
    expect(ids(await drain(aged(begin, 2 * 86_400), 2)).length).toBe(1 + 8 + 1 + 1);
  });

  it('refuses a position of two days ago where a process that was silent then came back', async () => {
    const [silent, lives] = [await start(), await start()];
    await silent.ship(['a'], NOW);
    await age(3600);
    await lives.ship(['b'], NOW);
    const begin = await feed.head();
    await silent.ship(['c'], NOW);
    expect(ids(await drain(begin))).toEqual([`${silent.keyOf('c')} 2`]);
    await age(2 * 86_400);
    await expect(drain(aged(begin, 2 * 86_400))).rejects.toMatchObject({
      code: 'BAD_POSITION',
      message: expect.stringContaining('older than a day'),
    });
  });

  it('refuses positions of tables that were created anew, and other text', async () => {
    const one = await start();
    await one.ship(['a'], NOW);
    const head = await feed.head();
    for (const bad of [
      `${head}~`,
      `${head}~1.1`,
      `x${head}`,
      head.replace('~', '~~'),
      's',
      's1',
      '42.10432',
      's1.1~2.1',
      's'.repeat(200_000),
    ]) {
      await expect(feed.readAfter(bad, { limit: 1 })).rejects.toMatchObject({ code: 'BAD_POSITION' });
    }
    await expect(feed.readAfter(aged(head, 3_600), { limit: 1 })).rejects.toMatchObject({ code: 'BAD_POSITION' });
  });

  it('goes on where a database is that lost its last transactions', async () => {
    const one = await start();
    await one.ship(['a'], NOW);
    await one.ship(['a'], NOW);
    const ahead = (await feed.head()).replace(/\.2$/, '.9');
    await one.ship(['b'], NOW);
    expect(ids(await drain(ahead))).toEqual([]);
    await one.ship(['c'], NOW);
    const { position } = await feed.readAfter(ahead, { limit: 9 });
    await one.ship(['d'], NOW);
    expect(ids(await drain(position))).toEqual([`${one.keyOf('d')} 5`]);
  });

  it('passes over batches whose chunks were deleted, and damaged chunks', async () => {
    const one = await start();
    const begin = await feed.head();
    for (let n = 0; n < 80; n += 1) await one.ship(['a'], NOW);
    await one.ship(['b', 'c', 'b'], NOW);
    await db.run('DELETE FROM nestjs_traces.chunks WHERE key = $1', [one.keyOf('a')]);
    expect(seqs(await drain(begin))).toEqual([81, 82, 83]);
    await db.run("UPDATE nestjs_traces.chunks SET body = '\\x0102' WHERE key = $1", [one.keyOf('c')]);
    expect(seqs(await drain(begin, 1))).toEqual([81, 83]);
    await db.run('UPDATE nestjs_traces.chunks SET codec = 9');
    await expect(drain(begin)).rejects.toMatchObject({ code: 'DATA_NEWER' });
  });

  it('has positions of about 3 KB with 300 live sources', async () => {
    await start();
    await db.run(`INSERT INTO nestjs_traces.sources (writer, instance, host, pid, program, batch)
      SELECT 'w' || n, 'i', 'h', 1, 'v', 100000 + n FROM generate_series(1, 300) n`);
    await db.run(`INSERT INTO nestjs_traces.batches (source, batch, oldest_us, newest_us)
      SELECT source, batch, 0, 0 FROM nestjs_traces.sources WHERE batch > 0`);
    const head = await feed.head();
    expect(head.length).toBeGreaterThan(2_000);
    expect(head.length).toBeLessThan(3_000);
    expect(encodeURIComponent(head)).toBe(head);
    expect((await feed.readAfter(head, { limit: 10 })).done).toBe(true);
  });

  /** Holds back the commit of the transaction that inserts a chunk of this trace. */
  async function holdCommit(key: string): Promise<{ reached: Promise<void>; release: () => Promise<void> }> {
    const { schema } = db.target;
    await db.run('CREATE TABLE nestjs_traces.held (key text)');
    await db.run(`CREATE FUNCTION nestjs_traces.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.key = '${key}' AND NEW.seq > 1 THEN LOCK TABLE nestjs_traces.held IN ACCESS EXCLUSIVE MODE; END IF; RETURN NEW; END $$`);
    await db.run(`CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON nestjs_traces.chunks DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION nestjs_traces.hold()`);
    let release!: () => void;
    const open = new Promise<void>((resolve) => (release = resolve));
    let locked!: () => void;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const holder = db.transaction(async (sql) => {
      await sql.run('LOCK TABLE nestjs_traces.held IN ACCESS EXCLUSIVE MODE');
      locked();
      await open;
    });
    await isLocked;
    const reached = async (): Promise<void> => {
      for (;;) {
        const waiting = await server.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = '${schema}.held'::regclass`,
        );
        if (waiting.length > 0) return;
      }
    };
    return {
      reached: reached(),
      release: async () => {
        release();
        await holder;
      },
    };
  }
});

function seqs(records: readonly FeedRecord[]): number[] {
  return records.map(({ record }) => (record as TraceRecord).seq);
}

function ids(records: readonly FeedRecord[]): string[] {
  return records.map(({ record }) => `${(record as TraceRecord).trace} ${(record as TraceRecord).seq}`);
}
