import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { idOf, ShippingProcess } from '../../../../../test/support/shipping-process.js';
import { wallNow } from '../../model/timers.js';
import type { SharedRetention } from '../../shared/ship-target.js';
import type { Database } from '../connection/database.js';
import { PostgresSchema } from '../schema/migrate.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { PostgresAdmin } from './admin.js';
import { bytesOf, listDays } from './days.js';
import { runMaintenance } from './maintenance.js';

const DAY_US = 86_400_000_000;
const DAY_MS = 86_400_000;
const MINUTE_US = 60_000_000;
const FOREVER: SharedRetention = { maxAgeMs: 1_000 * DAY_MS, errorMaxAgeMs: 1_000 * DAY_MS, maxBytes: undefined };

describePostgres('retention', ({ database }) => {
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

  const limits: SharedRetention = { maxAgeMs: 7 * DAY_MS, errorMaxAgeMs: 30 * DAY_MS, maxBytes: undefined };

  it('deletes ended traces by age: failed ones later, pinned and running ones never', async () => {
    await process.trace(
      { contact: 'new', at: daysAgo(1) },
      { contact: 'old', at: daysAgo(9) },
      { contact: 'old-failed', at: daysAgo(9), error: 'boom' },
      { contact: 'old-pinned', at: daysAgo(9, 1) },
      { contact: 'old-running', at: daysAgo(9), isOpen: true },
      { contact: 'ancient-failed', at: daysAgo(40), error: 'boom' },
      { contact: 'ancient-pinned', at: daysAgo(40, 1) },
    );
    const admin = new PostgresAdmin(db);
    await admin.pin(idOf('old-pinned', daysAgo(9, 1)), true);
    await admin.pin(idOf('ancient-pinned', daysAgo(40, 1)), true);
    await runMaintenance(db, limits);
    expect(await contacts()).toEqual(['ancient-pinned', 'new', 'old-failed', 'old-pinned', 'old-running']);
    const [chunks] = await db.rows('SELECT count(DISTINCT key) AS n FROM nestjs_traces.chunks');
    expect(chunks).toEqual({ n: 5 });
  });

  it('deletes errors of an old day when they expire, while the rest of the days is young', async () => {
    await process.trace({ contact: 'failed', at: daysAgo(9), error: 'boom' }, { contact: 'new', at: daysAgo(1) });
    await runMaintenance(db, limits);
    expect(await contacts()).toEqual(['failed', 'new']);
    await runMaintenance(db, { ...limits, errorMaxAgeMs: 8 * DAY_MS });
    expect(await contacts()).toEqual(['new']);
    expect((await listDays(db)).some(({ to }) => to < daysAgo(8))).toBe(false);
  });

  it('gives the space of a large day back, and keeps its failed and pinned traces', async () => {
    await fill(db, daysAgo(9), 5_000);
    const day = (await listDays(db)).find(({ from }) => from <= daysAgo(9) && daysAgo(9) < from + DAY_US)!;
    const [before] = await bytesOf(db, [day]);
    await db.run(`UPDATE nestjs_traces.heads SET pinned = true WHERE key = 'k7'`);
    await runMaintenance(db, limits);
    const [rest] = await db.rows(
      'SELECT count(*) AS n, count(*) FILTER (WHERE pinned) AS pinned FROM nestjs_traces.heads',
    );
    expect(rest).toEqual({ n: 251, pinned: 1 });
    const [after] = await bytesOf(
      db,
      (await listDays(db)).filter(({ from }) => from === day.from),
    );
    expect(after!).toBeLessThan(before! / 5);
  });

  it('marks the sums of the day as out of date', async () => {
    await process.trace({ contact: 'old', at: daysAgo(9) });
    await db.run('DELETE FROM nestjs_traces.hours');
    await db.run('DELETE FROM nestjs_traces.days');
    const hour = Math.floor(daysAgo(9) / 3_600_000_000) * 3_600_000_000;
    await db.run('INSERT INTO nestjs_traces.hours (at_us, data) VALUES ($1, $2)', [hour, '{}']);
    await new PostgresAdmin(db).clear({ keepErrors: false });
    expect(
      await db.rows('SELECT stale_xid IS NOT NULL AS stale FROM nestjs_traces.hours WHERE at_us = $1', [hour]),
    ).toEqual([{ stale: true }]);
  });

  it('deletes by the minute where traces are kept for less than two days', async () => {
    await process.trace({ contact: 'old', at: now - 3 * 3_600_000_000 }, { contact: 'new', at: now - 10 * MINUTE_US });
    const clock = wallNow() * 1_000 - now;
    await runMaintenance(db, { ...limits, maxAgeMs: 3_600_000 + clock / 1_000 });
    expect(await contacts()).toEqual(['new']);
  });

  it('deletes the oldest days until the others fit into maxBytes', async () => {
    await fill(db, daysAgo(3), 3_000, 'a');
    await fill(db, daysAgo(2), 3_000, 'b');
    await fill(db, daysAgo(1), 3_000, 'c');
    await db.run(`UPDATE nestjs_traces.heads SET pinned = true WHERE key = 'a7'`);
    const sizes = await bytesOf(db, await listDays(db));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    await runMaintenance(db, { ...FOREVER, maxBytes: total * 0.45 });
    const left = await db.rows(
      'SELECT left(key, 1) AS day, count(*) AS n FROM nestjs_traces.heads GROUP BY 1 ORDER BY 1',
    );
    expect(left).toEqual([
      { day: 'a', n: 1 },
      { day: 'c', n: 3_000 },
    ]);
  });

  it('deletes the oldest traces of the day that is being written, when it is too large alone', async () => {
    await fill(db, now, 6_000);
    const sizes = await bytesOf(db, await listDays(db));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    await runMaintenance(db, { ...FOREVER, maxBytes: total * 0.6 });
    const [left] = await db.rows<{ n: number; oldest: number }>(
      'SELECT count(*) AS n, min(started_us) AS oldest FROM nestjs_traces.heads',
    );
    expect(left!.n).toBeGreaterThan(1_000);
    expect(left!.n).toBeLessThan(4_000);
    expect(left!.oldest).toBeGreaterThan(now + 2_000);
    const after = (await bytesOf(db, await listDays(db))).reduce((sum, size) => sum + size, 0);
    expect(after).toBeLessThan(total * 0.6);
  });

  it("with manage 'off' changes no table: it deletes rows, also of days without a partition", async () => {
    const off = open({ manage: 'off' });
    await new PostgresSchema(off).migrate();
    db = off;
    const other = await ShippingProcess.start(new PostgresShipTarget(off));
    await other.trace(
      { contact: 'old', at: daysAgo(9) },
      { contact: 'old-failed', at: daysAgo(9), error: 'boom' },
      { contact: 'ancient-failed', at: daysAgo(40), error: 'boom' },
      { contact: 'new', at: now },
    );
    const tables = async (): Promise<unknown> =>
      off.rows('SELECT count(*) AS n, max(oid)::int8 AS newest FROM pg_class WHERE relnamespace = $1::regnamespace', [
        off.target.schema,
      ]);
    const before = await tables();
    await runMaintenance(off, { ...limits, maxBytes: 2 ** 40 });
    expect(await contacts()).toEqual(['new', 'old-failed']);
    await runMaintenance(off, { ...limits, maxBytes: 1 });
    expect(await contacts()).not.toContain('old-failed');
    expect(await tables()).toEqual(before);
  });
});

/** Traces of 2 KB with a chunk each, a microsecond apart; every 20th has an error. */
async function fill(db: Database, at: number, count: number, key = 'k'): Promise<void> {
  const { ensureDays } = await import('../schema/partitions.js');
  await ensureDays(db, [at]);
  await db.run(
    `INSERT INTO nestjs_traces.heads (key, started_us, source, version, trace_id, contact_id, status, last_us, ended_us, errors,
       tags, search, doc, uses)
     SELECT $3 || n, $1::bigint + n, 1, 1, 't' || n, 'c' || n, CASE WHEN n % 20 = 0 THEN 'error' ELSE 'completed' END,
       $1::bigint + n, $1::bigint + n, CASE WHEN n % 20 = 0 THEN 1 ELSE 0 END, ARRAY['agent:a'], 'text ' || n,
       '{"x":"' || repeat(md5(n::text), 20) || '"}', '[]'
     FROM generate_series(1, $2::int) n`,
    [at, count, key],
  );
  await db.run(
    `INSERT INTO nestjs_traces.chunks (key, started_us, source, seq, batch, records, codec, body)
     SELECT $3 || n, $1::bigint + n, 1, 1, 1, 1, 1, decode(repeat(md5(n::text), 60), 'hex') FROM generate_series(1, $2::int) n`,
    [at, count, key],
  );
}
