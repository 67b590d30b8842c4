import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { ShippingProcess } from '../../../../../test/support/shipping-process.js';
import { recordsOf } from '../../shared/chunk.js';
import { postgres } from '../../store/shared-target.js';
import { Database } from '../connection/database.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { KEEP, listDays } from './days.js';
import { removeLeftovers, rewriteDay, type RewriteStep, type WholeDay } from './rewrite-day.js';

const missing = PostgresServer.missing;
const DAY = Date.UTC(2026, 9, 5) * 1_000;
const SECOND = 1_000_000;

(missing ? describe.skip : describe)(`rewriting a day${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let schemas = 0;
  let db: Database;
  let target: PostgresShipTarget;
  let process: ShippingProcess;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  beforeEach(async () => {
    db = new Database(postgres({ url: server.url, schema: `rewrite_${(schemas += 1)}`, maxConnections: 6 }));
    target = new PostgresShipTarget(db);
    process = await ShippingProcess.start(target);
  });
  afterEach(() => db.close());
  afterAll(() => server?.close());

  const day = async (): Promise<WholeDay> => (await listDays(db)).find(({ from }) => from === DAY) as WholeDay;
  const contacts = async (): Promise<string[]> =>
    (await db.rows<{ contact_id: string }>('SELECT contact_id FROM nestjs_traces.heads ORDER BY contact_id')).map(
      (row) => row.contact_id,
    );
  const leftovers = async (): Promise<number> =>
    (
      await db.rows<{ n: number }>(
        `SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = $1 AND c.relkind = 'r' AND (c.relname LIKE '%copy%' OR c.relname LIKE 'changes%'))
           + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1)
           + (SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND NOT t.tgisinternal) AS n`,
        [db.target.schema],
      )
    )[0]!.n;

  it('keeps the traces that the condition holds for, with their records and their indexes', async () => {
    await process.trace(
      { contact: 'ok', at: DAY },
      { contact: 'failed', at: DAY + 1, error: 'boom' },
      { contact: 'running', at: DAY + 2, isOpen: true },
      { contact: 'other-day', at: DAY - SECOND },
    );
    const before = await day();
    const indexes = async (): Promise<unknown> =>
      db.rows(
        `SELECT count(*) AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         JOIN pg_inherits h ON h.inhrelid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND c.relname = $2 AND i.indisvalid`,
        [db.target.schema, before.heads],
      );
    const had = await indexes();
    expect(await rewriteDay(db, before, KEEP.any(KEEP.held, KEEP.failing))).toMatchObject({ removed: 1 });
    expect(await contacts()).toEqual(['failed', 'other-day', 'running']);
    const bodies = await db.rows<{ body: Buffer }>('SELECT body FROM nestjs_traces.chunks WHERE started_us >= $1', [
      DAY,
    ]);
    expect(bodies.map(({ body }) => recordsOf(body).map(({ kind }) => kind))).toEqual([
      ['open', 'identify', 'error', 'end'],
      ['open', 'identify'],
    ]);
    expect(await indexes()).toEqual(had);
    expect(await leftovers()).toBe(0);
    await process.trace({ contact: 'later', at: DAY + 9 });
    expect(await contacts()).toContain('later');
  });

  it('drops a day of which nothing stays, and stores what comes late for it', async () => {
    await process.trace({ contact: 'ok', at: DAY });
    await rewriteDay(db, await day(), KEEP.held);
    expect(await day()).toBeUndefined();
    await process.trace({ contact: 'late', at: DAY + 5 });
    expect(await contacts()).toEqual(['late']);
  });

  it.each<RewriteStep>(['prepared', 'copied', 'caught up'])(
    'has what is stored, changed and deleted when it is %s',
    async (when) => {
      const [first, second] = await process.trace(
        { contact: 'a', at: DAY, isOpen: true },
        { contact: 'b', at: DAY + 1, error: 'boom' },
        { contact: 'c', at: DAY + 2 },
      );
      await rewriteDay(db, await day(), KEEP.any(KEEP.held, KEEP.failing), async (step) => {
        if (step !== when) return;
        await process.trace({ contact: 'new', at: DAY + 3, error: 'late' });
        await process.ship([{ kind: 'end', trace: first!, status: 'timeout', ts: DAY + 9 * SECOND }]);
        await db.run('DELETE FROM nestjs_traces.heads WHERE key = $1', [second]);
        await db.run('DELETE FROM nestjs_traces.chunks WHERE key = $1', [second]);
      });
      expect(await contacts()).toEqual(['a', 'new']);
      expect(
        await db.rows(
          'SELECT h.status, count(*) AS n FROM nestjs_traces.heads h JOIN nestjs_traces.chunks c USING (key) GROUP BY 1 ORDER BY 1',
        ),
      ).toEqual([
        { status: 'error', n: 1 },
        { status: 'timeout', n: 2 },
      ]);
      expect(await leftovers()).toBe(0);
    },
  );

  it('loses nothing of writers that write into the day all the time', async () => {
    const others = await Promise.all([1, 2, 3].map(() => ShippingProcess.start(target)));
    await process.trace({ contact: 'first', at: DAY, error: 'boom' });
    let written = 1;
    let stop = false;
    const writing = others.map(async (other, n) => {
      for (let i = 1; !stop; i += 1) {
        await other.trace({ contact: `w${n}`, at: DAY + i * 10 + n, error: 'boom' });
        written += 1;
      }
    });
    for (let round = 0; round < 5; round += 1) {
      const before = written;
      await rewriteDay(db, await day(), KEEP.failing, async (step) => {
        // Some more are written in each phase.
        const until = written + 5;
        while (step !== 'swapped' && written < until) await new Promise((resolve) => setImmediate(resolve));
      });
      expect(written).toBeGreaterThan(before);
    }
    stop = true;
    await Promise.all(writing);
    const [{ heads, chunks }] = (await db.rows<{ heads: number; chunks: number }>(
      'SELECT (SELECT count(*) FROM nestjs_traces.heads) AS heads, (SELECT count(*) FROM nestjs_traces.chunks) AS chunks',
    )) as [{ heads: number; chunks: number }];
    expect({ heads, chunks }).toEqual({ heads: written, chunks: written });
  });

  it.each<RewriteStep>(['prepared', 'copied', 'caught up'])(
    'leaves nothing broken when the process dies after it is %s',
    async (when) => {
      await process.trace({ contact: 'a', at: DAY }, { contact: 'b', at: DAY + 1, error: 'boom' });
      // A process that is killed does nothing after the step, and its connections break.
      const doomed = new Database(db.target);
      const dies = rewriteDay(doomed, await day(), KEEP.failing, async (step) => {
        if (step !== when) return;
        await doomed.close();
        throw new Error('killed');
      });
      await expect(dies).rejects.toThrow('killed');
      expect(await leftovers()).toBeGreaterThan(0);
      await process.trace({ contact: 'c', at: DAY + 2 });
      expect(await contacts()).toEqual(['a', 'b', 'c']);
      await removeLeftovers(db);
      expect(await leftovers()).toBe(0);
      await process.trace({ contact: 'd', at: DAY + 3 });
      await rewriteDay(db, await day(), KEEP.failing);
      expect(await contacts()).toEqual(['b']);
    },
  );

  it('gives up when another process rewrote the day meanwhile, and removes its copy', async () => {
    await process.trace({ contact: 'a', at: DAY }, { contact: 'b', at: DAY + 1, error: 'boom' });
    const whole = await day();
    const second = rewriteDay(db, whole, KEEP.all, async (step) => {
      if (step === 'copied') await rewriteDay(db, whole, KEEP.failing);
    });
    await expect(second).rejects.toThrow('meanwhile');
    expect(await contacts()).toEqual(['b']);
    expect(await leftovers()).toBe(0);
  });

  it('waits for no transaction that holds the tables, and leaves the day as it is', async () => {
    await process.trace({ contact: 'a', at: DAY });
    await db.transaction(async (sql) => {
      await sql.rows('SELECT key FROM nestjs_traces.heads');
      await expect(rewriteDay(db, await day(), KEEP.held)).rejects.toMatchObject({ code: '55P03' });
    });
    expect(await contacts()).toEqual(['a']);
    expect(await leftovers()).toBe(0);
  });
});
