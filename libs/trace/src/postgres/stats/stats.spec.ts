import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSource, freshTables, makeDays, putTraces, shippedOf } from '../../../../../test/support/postgres-traces.js';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { MaintainedCatalog } from '../../catalog-worker/maintained-catalog.js';
import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import { JournalWriter } from '../../journal/write/writer.js';
import type { JsonText, Micros } from '../../model/record.js';
import type { TraceSample } from '../../model/trace.js';
import type { ShippedTrace } from '../../shared/ship-target.js';
import { modelCall } from '../../testing/store-contract/model-calls.js';
import type { Database } from '../connection/database.js';
import { markDaysStale, markStale } from './stale.js';
import { PostgresStats } from './stats.js';
import { sumClosedHours } from './sum-hours.js';

const missing = PostgresServer.missing;
const [MINUTE, HOUR, DAY] = LEVELS;
/** Three days ago at 22:13:20.5. */
const T0 = (Math.floor((Date.now() * 1000) / DAY) - 3) * DAY + 22 * HOUR + 13 * MINUTE + 20_500_000;
const TOOLS = ['calendar', 'crm', 'price'];
const STATUSES = ['completed', 'completed', 'completed', 'timeout', 'cancelled'] as const;

(missing ? describe.skip : describe)(`stats of PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let dir: string;
  let writer: JournalWriter;
  let catalog: MaintainedCatalog;
  let db: Database;
  let source: number;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stats-'));
    writer = new JournalWriter({ dir });
    catalog = new MaintainedCatalog({ dir });
    db = await freshTables(server);
    source = await addSource(db, 'one');
  });
  afterEach(async () => {
    writer.close();
    catalog.close();
    rmSync(dir, { recursive: true, force: true });
    await db.close();
  });

  /** Trace `n`, in an hour that depends on it. Every 29th runs on. */
  function write(n: number, ts: Micros, ends = n % 29 !== 0): string {
    const trace = `${writer.writer.number}-${n}`;
    const span = n.toString(16).padStart(16, '0');
    const ms = (n * 37) % 4_000;
    const facts = { from: 'supervisor', to: n % 3 ? 'sofia' : 'maria' };
    writer.append({ kind: 'open', trace, id: `unknown_${n}`, traceparent: '', ts });
    writer.append({ kind: 'identify', trace, id: `c_${n}`, contact: `c${n % 9}`, message: '"usage":{"', ts });
    writer.append({ kind: 'event', trace, type: 'agent_routing', facts, data: JSON.stringify(facts) as JsonText, ts });
    writer.append({ kind: 'span', trace, span, name: TOOLS[n % 3]!, type: 'tool', ts });
    writer.append({ kind: 'span_end', trace, span, ms, ...(n % 5 ? {} : { outcome: 'error' }), ts: ts + ms * 1000 });
    if (n % 4 === 0) {
      const usage = { model: n % 8 ? 'gpt-5-mini' : 'my-local', input: n, output: 2 * n, agent: 'sofia' };
      for (const record of modelCall(trace, n, usage, ts)) writer.append(record);
    }
    if (n % 7 === 0) fail(trace, ts);
    if (ends) writer.append({ kind: 'end', trace, status: STATUSES[n % STATUSES.length]!, ts: ts + ms * 1000 });
    return trace;
  }

  function fail(trace: string, ts: Micros, late = false): void {
    writer.append({
      kind: 'error',
      trace,
      location: 'x',
      type: 'E',
      message: 'm',
      fingerprint: 'f',
      ts,
      ...(late && { late }),
    } as never);
  }

  /** Brings the database to the state of the index, and marks what changed, as shipping does. */
  async function ship(stats?: PostgresStats): Promise<ShippedTrace[]> {
    while (!catalog.queries.catchUp());
    const traces = shippedOf(dir, catalog);
    const times = traces.map(({ head }) => head.startedAt);
    await makeDays(db, times);
    await db.transaction(async (sql) => {
      await putTraces(sql, source, traces);
      // Without stats, these are the first traces, and there are no sums.
      if (stats) await markStale(sql, times);
    });
    return traces;
  }

  async function erase(contact: string): Promise<void> {
    catalog.maintainer.eraseContact(contact);
    await db.transaction(async (sql) => {
      const erased = await sql.rows<{ started_us: number }>(
        'DELETE FROM nestjs_traces.heads WHERE contact_id = $1 RETURNING started_us',
        [contact],
      );
      await markStale(
        sql,
        erased.map(({ started_us }) => started_us),
      );
    });
  }

  async function expectSame(
    stats: PostgresStats,
    ranges: readonly { since?: number; until?: number }[],
  ): Promise<void> {
    for (const range of ranges) {
      expect({ range, ...comparable(await stats.sample(range)) }).toEqual({
        range,
        ...comparable(catalog.queries.sample(range)),
      });
    }
    expect(await stats.counts()).toEqual(catalog.queries.counts());
  }

  it('are those of the embedded store, for any range, with and without stored sums', async () => {
    for (let n = 0; n < 700; n += 1) write(n, T0 + n * 361 * 1_000_000);
    await ship();
    const end = T0 + 700 * 361 * 1_000_000;
    const ranges = rangesOf(T0, end);
    const stats = new PostgresStats(db);
    await expectSame(stats, [{}]);
    const stored = await rows('hours');
    expect(stored.every(({ data, stale_xid }) => data !== null && stale_xid === null)).toBe(true);
    expect((await rows('days')).length).toBeGreaterThanOrEqual(2);
    await expectSame(stats, ranges);
    expect(await sumClosedHours(db)).toBe(true);
    await expectSame(new PostgresStats(db), ranges);
  });

  it('have late changes, deletes and pins', async () => {
    const keys = Array.from({ length: 300 }, (_, n) => write(n, T0 + n * 700 * 1_000_000));
    await ship();
    const stats = new PostgresStats(db);
    const ranges = rangesOf(T0, T0 + 300 * 700 * 1_000_000);
    await expectSame(stats, ranges);

    for (const n of [3, 40, 101]) fail(keys[n]!, T0 + n * 700 * 1_000_000 + 5_000_000, true);
    writer.append({ kind: 'end', trace: keys[29]!, status: 'completed', ts: T0 + 29 * 700 * 1_000_000 + 9_000_000 });
    await ship(stats);
    await expectSame(stats, ranges);

    await erase('c4');
    await db.run("UPDATE nestjs_traces.heads SET pinned = true WHERE contact_id = 'c5'");
    await expectSame(stats, ranges);
    expect(await sumClosedHours(db)).toBe(true);
    await expectSame(stats, ranges);
  });

  it('forget a day whose traces were all deleted', async () => {
    for (let n = 1; n < 80; n += 1) write(n, T0 + n * 1_200 * 1_000_000);
    await ship();
    const stats = new PostgresStats(db);
    await stats.sample({});
    const day = Math.floor(T0 / DAY) * DAY;
    await db.run('DELETE FROM nestjs_traces.heads WHERE started_us < $1', [day + DAY]);
    await markDaysStale(db, [day]);
    const before = await stats.sample({ until: day + DAY });
    expect(before.byStatus).toEqual({});
    await sumClosedHours(db);
    expect((await rows('days')).find(({ at_us }) => at_us === day)).toMatchObject({ data: null });
    const [left] = await db.rows<{ n: number }>('SELECT count(*) AS n FROM nestjs_traces.heads');
    expect((await stats.counts()).total).toBe(left!.n);
  });

  it('count active traces of a silent process as interrupted', async () => {
    const silent = await addSource(db, 'gone', { silent: true });
    write(29, T0);
    write(58, T0 + MINUTE);
    while (!catalog.queries.catchUp());
    const [second, first] = shippedOf(dir, catalog);
    await makeDays(db, [T0]);
    await putTraces(db, source, [first!]);
    await putTraces(db, silent, [second!]);
    const stats = new PostgresStats(db);
    expect(await stats.counts()).toEqual({ total: 2, active: 1, errors: 1 });
    const { byStatus, durations, buckets } = await stats.sample({});
    expect(byStatus).toEqual({ active: 1, interrupted: 1 });
    expect(durations).toEqual([(second!.head.lastAt - second!.head.startedAt) / 1000]);
    expect(buckets.reduce((sum, { errors }) => sum + errors, 0)).toBe(1);
  });

  it('have quantiles and sums of many traces, from durations in buckets', async () => {
    for (let n = 1; n < 1_300; n += 1) write(n, T0 + n * 1_000_000, true);
    await ship();
    await expectSame(new PostgresStats(db), [{}, { since: T0 + 17_300_000 }, { since: T0, until: T0 + 400_000_000 }]);
  });

  it('sum with a budget of no time nothing, and then the rest', async () => {
    for (let n = 1; n < 60; n += 1) write(n, T0 + n * 1_000_000_000);
    await ship();
    expect(await sumClosedHours(db, 0)).toBe(false);
    expect(await rows('hours')).toEqual([]);
    expect(await sumClosedHours(db)).toBe(true);
    expect((await rows('hours')).length).toBeGreaterThan(16);
  });

  it('leave traces of hours that are not closed out of the stored sums', async () => {
    const now = Date.now() * 1000;
    const keys = Array.from({ length: 40 }, (_, n) => write(n + 1, now - (n + 1) * 60 * 1_000_000));
    await ship();
    const stats = new PostgresStats(db);
    const ranges = [
      {},
      { since: now - HOUR },
      { since: now - 13 * MINUTE },
      { since: now - 2 * HOUR, until: now - 7 * MINUTE },
    ];
    await expectSame(stats, ranges);
    await expectSame(stats, ranges);
    // Parts that are kept are read again when a trace in them ends, fails, or is deleted.
    fail(keys[0]!, now, true);
    fail(keys[8]!, now, true);
    writer.append({ kind: 'end', trace: keys[28]!, status: 'completed', ts: now });
    await ship(stats);
    await expectSame(stats, ranges);
    // Some of them are in an hour that is closed, if this hour is 15 minutes old.
    await erase('c3');
    await expectSame(stats, ranges);
    const open = Math.floor((now - 15 * MINUTE) / HOUR) * HOUR;
    expect((await rows('hours')).filter(({ at_us, data }) => at_us >= open && data !== null)).toEqual([]);
    // Changes of this hour leave no mark.
    await markStale(db, [now]);
    expect((await rows('hours')).filter(({ at_us }) => at_us > now - HOUR)).toEqual([]);
  });

  function rows(table: 'hours' | 'days'): Promise<{ at_us: number; stale_xid: string | null; data: string | null }[]> {
    return db.rows(`SELECT at_us, stale_xid::text, data FROM nestjs_traces.${table} ORDER BY at_us`);
  }
});

/** Ranges that divide minutes, hours and days, and that do not. */
function rangesOf(begin: Micros, end: Micros): { since?: number; until?: number }[] {
  const middle = Math.floor((begin + end) / 2);
  const hour = Math.floor(middle / HOUR) * HOUR;
  const day = Math.floor(middle / DAY) * DAY;
  return [
    {},
    { since: middle },
    { until: middle },
    { since: hour, until: hour + HOUR - 1 },
    { since: hour + 1, until: hour + 3 * HOUR },
    { since: hour + 7 * MINUTE, until: hour + 9 * MINUTE - 1 },
    { since: hour + 123, until: hour + 456_789_012 },
    { since: hour - 20 * MINUTE + 1, until: hour + 17 * MINUTE },
    { since: hour - 20 * MINUTE, until: hour - 5 * MINUTE - 1 },
    { since: hour - 5 * MINUTE, until: hour + 5 * MINUTE - 1 },
    { since: day, until: day + DAY - 1 },
    { since: day - 3 * HOUR + 5, until: day + 30 * HOUR + 77 },
    { since: begin - 10 * DAY, until: end + 10 * DAY },
    { since: end + DAY },
    { since: middle, until: middle },
    { since: begin, until: begin },
  ];
}

/** Without the order of equal counts, which is by name in both, and of what has none. */
function comparable(sample: TraceSample): TraceSample {
  const copy = JSON.parse(JSON.stringify(sample)) as TraceSample;
  return { ...copy, buckets: summed(copy.buckets) };
}

/** The bars of one begin as one. */
function summed(buckets: TraceSample['buckets']): TraceSample['buckets'] {
  const bars = new Map<Micros, TraceSample['buckets'][number]>();
  for (const { startedAt, total, errors } of buckets) {
    const bar = bars.get(startedAt) ?? { startedAt, total: 0, errors: 0 };
    bars.set(startedAt, { startedAt, total: bar.total + total, errors: bar.errors + errors });
  }
  return [...bars.values()].sort((a, b) => a.startedAt - b.startedAt);
}
