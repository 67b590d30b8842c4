import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { ShippingProcess } from '../../../../../test/support/shipping-process.js';
import { wallNow } from '../../model/timers.js';
import type { SharedRetention } from '../../shared/ship-target.js';
import type { Database } from '../connection/database.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { PostgresAdmin } from './admin.js';
import { listDays } from './days.js';
import { Lease } from './lease.js';
import { maintain, runMaintenance } from './maintenance.js';

const DAY_US = 86_400_000_000;
const DAY_MS = 86_400_000;
const FOREVER: SharedRetention = { maxAgeMs: 1_000 * DAY_MS, errorMaxAgeMs: 1_000 * DAY_MS, maxBytes: undefined };

describePostgres('maintenance', ({ database }) => {
  let db: Database;
  let target: PostgresShipTarget;
  let process: ShippingProcess;
  /** Noon of today, so that a test that runs at midnight is about the same days. */
  const now = Math.floor((wallNow() * 1_000) / DAY_US) * DAY_US + DAY_US / 2;
  const daysAgo = (days: number, more = 0): number => now - days * DAY_US + more;

  const open = (options: { manage?: 'auto' | 'off'; schema?: string } = {}): Database =>
    database({ maxConnections: 6, ...options });

  beforeEach(async () => {
    db = open();
    target = new PostgresShipTarget(db);
    process = await ShippingProcess.start(target);
  });
  const contacts = async (): Promise<string[]> =>
    (await db.rows<{ contact_id: string }>('SELECT contact_id FROM nestjs_traces.heads ORDER BY contact_id')).map(
      (row) => row.contact_id,
    );
  const statusOf = async (key: string): Promise<unknown> =>
    (await db.rows('SELECT status, ended_us - last_us AS after FROM nestjs_traces.heads WHERE key = $1', [key]))[0];
  const silence = (seconds: number, writer = process.source.writer): Promise<number> =>
    db.run(`UPDATE nestjs_traces.sources SET seen_at = now() - $2 * interval '1 second' WHERE writer = $1`, [
      writer,
      seconds,
    ]);

  describe('whose turn it is', () => {
    it('is done by one process at a time, and once a minute', async () => {
      await db.run('UPDATE nestjs_traces.maintenance SET due_at = now()');
      const first = (await Lease.takeIfDue(db))!;
      expect(first).toBeDefined();
      expect(await Lease.takeIfDue(db)).toBeUndefined();
      await first.release();
      expect(await Lease.takeIfDue(db)).toBeUndefined();
      const asked = (await Lease.takeWithin(db, 0))!;
      expect(asked).toBeDefined();
      await asked.release();
    });

    it('is taken over from a process that died', async () => {
      await Lease.takeWithin(db, 0);
      expect(await Lease.takeWithin(db, 0)).toBeUndefined();
      await db.run(`UPDATE nestjs_traces.maintenance SET leased_until = now() - interval '1 second'`);
      const next = (await Lease.takeWithin(db, 0))!;
      expect(next).toBeDefined();
      await next.release();
    });

    it('does no harm when several processes do it at once', async () => {
      await process.trace({ contact: 'old', at: daysAgo(9) }, { contact: 'new', at: daysAgo(1) });
      const limits = { ...FOREVER, maxAgeMs: 7 * DAY_MS };
      await Promise.all([1, 2, 3, 4].map(() => maintain(db, limits)));
      await Promise.allSettled([1, 2, 3].map(() => runMaintenance(db, limits)));
      expect(await contacts()).toEqual(['new']);
    });
  });

  describe('partitions', () => {
    it('exist for three days ahead', async () => {
      await runMaintenance(db, FOREVER);
      expect((await listDays(db)).filter(({ from }) => from > now).length).toBeGreaterThanOrEqual(3);
    });

    it('are dropped when the day is over and has no rows, and others stay', async () => {
      await process.trace({ contact: 'old', at: daysAgo(9) }, { contact: 'older', at: daysAgo(10) });
      await process.beat(true);
      await new PostgresAdmin(db).erase('old');
      await runMaintenance(db, FOREVER);
      const days = (await listDays(db)).map(({ from }) => Math.round((now - from) / DAY_US));
      expect(days).toContain(11);
      expect(days).not.toContain(10);
    });
  });

  describe('traces of processes that are gone', () => {
    it('are interrupted one microsecond after their last record, when the process is silent for a minute or closed', async () => {
      const closed = await ShippingProcess.start(target);
      const live = await ShippingProcess.start(target);
      const [silent] = await process.trace({ contact: 'a', at: now, isOpen: true });
      const [ended] = await process.trace({ contact: 'b', at: now });
      const [left] = await closed.trace({ contact: 'c', at: now, isOpen: true });
      const [running] = await live.trace({ contact: 'd', at: now, isOpen: true });
      await closed.beat(true);
      await silence(59);
      await runMaintenance(db, FOREVER);
      expect(await statusOf(silent!)).toMatchObject({ status: 'active' });
      await silence(61);
      await runMaintenance(db, FOREVER);
      expect(await statusOf(silent!)).toEqual({ status: 'interrupted', after: 1 });
      expect(await statusOf(left!)).toEqual({ status: 'interrupted', after: 1 });
      expect(await statusOf(ended!)).toMatchObject({ status: 'completed' });
      expect(await statusOf(running!)).toMatchObject({ status: 'active' });
    });

    it('run again when the process was only cut off', async () => {
      const [waiting, goesOn] = await process.trace(
        { contact: 'a', at: now, isOpen: true },
        { contact: 'b', at: now, isOpen: true },
      );
      await silence(90);
      await runMaintenance(db, FOREVER);
      await process.ship([{ kind: 'end', trace: goesOn!, status: 'completed', ts: now + 9_000_000 }]);
      expect(await statusOf(goesOn!)).toMatchObject({ status: 'completed' });
      await process.beat();
      await runMaintenance(db, FOREVER);
      expect(await statusOf(waiting!)).toEqual({ status: 'active', after: null });
      expect(await statusOf(goesOn!)).toMatchObject({ status: 'completed' });
    });
  });

  it('deletes rows of small tables that nothing needs any more', async () => {
    const gone = await ShippingProcess.start(target);
    const has = await ShippingProcess.start(target);
    await gone.beat();
    await has.trace({ contact: 'a', at: now });
    await silence(86_400 * 70, gone.source.writer);
    await silence(86_400 * 70, has.source.writer);
    await db.run(`INSERT INTO nestjs_traces.batches VALUES (1, 1, 0, 0, now() - interval '25 hours')`);
    await db.run(`INSERT INTO nestjs_traces.erased_traces VALUES ('x', now() - interval '70 days'), ('y', now())`);
    await runMaintenance(db, { ...FOREVER, errorMaxAgeMs: 30 * DAY_MS, maxAgeMs: 30 * DAY_MS });
    const writers = await db.rows<{ writer: string }>('SELECT writer FROM nestjs_traces.sources');
    expect(writers.map(({ writer }) => writer).toSorted()).toEqual(
      [process.source.writer, has.source.writer].toSorted(),
    );
    expect(await db.rows('SELECT count(*) AS n FROM nestjs_traces.batches')).toEqual([{ n: 1 }]);
    expect(await db.rows('SELECT key FROM nestjs_traces.erased_traces')).toEqual([{ key: 'y' }]);
  });

  it('does all other tasks when one fails, and says in one sentence what failed', async () => {
    const [silent] = await process.trace({ contact: 'a', at: now, isOpen: true });
    await silence(90);
    await db.run('ALTER TABLE nestjs_traces.batches RENAME TO gone');
    await expect(runMaintenance(db, FOREVER)).rejects.toThrow(
      /^Maintenance of the shared store failed for .*old rows: .*$/,
    );
    expect(await statusOf(silent!)).toMatchObject({ status: 'interrupted' });
  });
});
