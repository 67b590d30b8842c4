import { addSource, freshTables, makeDays, putTraces } from '../../../../../test/support/postgres-traces.js';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import { MemoryTermNames } from '../../catalog/tables/term-names.js';
import { emptyHead } from '../../model/trace.reducer.js';
import type { Database, Sql } from '../connection/database.js';
import { markStale } from './stale.js';
import { withSnapshot } from './snapshot.js';
import { storeSums, SumsReader } from './stored-sums.js';
import { Sums } from './sums.js';

const missing = PostgresServer.missing;
const [MINUTE, HOUR, DAY] = LEVELS;
const H = Math.floor((Date.now() * 1000) / DAY) * DAY - 2 * DAY + 5 * HOUR;

(missing ? describe.skip : describe)(`stored sums and late changes${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let db: Database;
  let source: number;
  let last = 0;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    db = await freshTables(server);
    source = await addSource(db, 'one');
    await makeDays(db, [H]);
  });
  afterEach(() => db.close());

  /** One more trace in an hour. */
  async function put(sql: Sql, hour = H): Promise<void> {
    last += 1;
    const startedAt = hour + (last % 3_000) * 1_000_000;
    const head = {
      ...emptyHead(`k${last}`),
      startedAt,
      lastAt: startedAt,
      endedAt: startedAt,
      status: 'completed',
    } as const;
    await putTraces(sql, source, [{ head, version: 1, tags: [], search: '', uses: [] }]);
  }

  /** What shipping does, with a pause before each step. */
  async function change(before: Partial<Record<'put' | 'mark' | 'end', Promise<void>>> = {}, hour = H): Promise<void> {
    await db.transaction(async (sql) => {
      await sql.run('UPDATE nestjs_traces.sources SET batch = batch + 0 WHERE source = -1');
      await sql.rows('SELECT pg_current_xact_id()');
      await before.put;
      await put(sql, hour);
      await before.mark;
      await markStale(sql, [hour]);
      await before.end;
    });
  }

  /** Sums the hour, and stores it after `pause`. */
  async function sum(pause?: Promise<void>, read: () => void = () => undefined): Promise<void> {
    const { snapshot, made } = await withSnapshot(db, async (of) => {
      const sums = new SumsReader(of, new MemoryTermNames());
      await sums.hours(H, H + HOUR);
      return { snapshot: of, made: sums.made };
    });
    read();
    await pause;
    await storeSums(db, snapshot, made);
  }

  async function stored(hour = H): Promise<{ valid: boolean; traces: number | null }> {
    const rows = await db.rows<{ valid: boolean; data: string | null }>(
      'SELECT stale_xid IS NULL AS valid, data FROM nestjs_traces.hours WHERE at_us = $1',
      [hour],
    );
    const [row] = rows;
    if (!row) return { valid: false, traces: null };
    return { valid: row.valid, traces: row.data ? tracesIn(row.data) : null };
  }

  it('are stored when nothing changed, and marked by a later change', async () => {
    await put(db);
    await sum();
    expect(await stored()).toEqual({ valid: true, traces: 1 });
    await change();
    expect(await stored()).toEqual({ valid: false, traces: 1 });
    await sum();
    expect(await stored()).toEqual({ valid: true, traces: 2 });
  });

  it('are not stored when a change that they lack was marked after they were read', async () => {
    await put(db);
    const [pause, go] = gate();
    const [read, hasRead] = gate();
    const summing = sum(pause, hasRead);
    await read;
    await change();
    go();
    await summing;
    expect(await stored()).toEqual({ valid: false, traces: null });
  });

  it('are not stored when a transaction that began before they were read ends after it', async () => {
    await put(db);
    const [end, commit] = gate();
    const changing = change({ end });
    await until(async () => (await writers()) === 1);
    const [pause, go] = gate();
    const [read, hasRead] = gate();
    const summing = sum(pause, hasRead);
    await read;
    commit();
    await changing;
    go();
    await summing;
    expect(await stored()).toEqual({ valid: false, traces: null });
    await sum();
    expect(await stored()).toEqual({ valid: true, traces: 2 });
  });

  it('wait for a mark that is not committed yet, and are not stored', async () => {
    await put(db);
    const [end, commit] = gate();
    const changing = change({ end });
    await until(async () => (await writers()) === 1);
    const summing = sum();
    await until(waiting);
    commit();
    await Promise.all([changing, summing]);
    expect(await stored()).toEqual({ valid: false, traces: null });
  });

  it('are marked by a transaction that changed a trace before they were stored and marks after it', async () => {
    await put(db);
    const [mark, goOn] = gate();
    const changing = change({ mark });
    await until(async () => (await writers()) === 1);
    await sum();
    expect(await stored()).toEqual({ valid: true, traces: 1 });
    goOn();
    await changing;
    expect((await stored()).valid).toBe(false);
  });

  it('do not replace those of a later reader', async () => {
    await put(db);
    const [pause, go] = gate();
    const [read, hasRead] = gate();
    const early = sum(pause, hasRead);
    await read;
    await change();
    await sum();
    expect(await stored()).toEqual({ valid: true, traces: 2 });
    go();
    await early;
    expect(await stored()).toEqual({ valid: true, traces: 2 });
  });

  it('keep the mark of the newest transaction, whichever ends last', async () => {
    await put(db);
    await sum();
    const [put1, old] = gate();
    const older = change({ put: put1 });
    await until(async () => (await writers()) === 1);
    await change();
    const [{ xid: newest }] = (await marks()) as [{ xid: string }];
    old();
    await older;
    expect(await marks()).toEqual([{ xid: newest }]);
  });

  it('are never stale and valid, whatever ends first', async () => {
    const hours = [H, H + HOUR, H + 2 * HOUR];
    for (const hour of hours) await put(db, hour);
    let changes = 60;
    const writer = async (n: number): Promise<void> => {
      for (; changes > 0; changes -= 1)
        await change({ mark: turns(n), end: turns((changes * 7) % 5) }, hours[changes % 3]);
    };
    const reader = async (): Promise<void> => {
      while (changes > 0) {
        const { snapshot, made } = await withSnapshot(db, async (of) => {
          const sums = new SumsReader(of, new MemoryTermNames());
          await sums.hours(H, H + 3 * HOUR);
          return { snapshot: of, made: sums.made };
        });
        await turns(changes % 4);
        await storeSums(db, snapshot, made);
        for (const hour of hours) await check(hour);
      }
    };
    await Promise.all([writer(1), writer(3), writer(4), reader(), reader()]);
    for (const hour of hours) await check(hour);
  });

  /** In one statement, so that both are of one time. */
  async function check(hour: number): Promise<void> {
    const [row] = await db.rows<{ data: string | null; n: number }>(
      `SELECT (SELECT data FROM nestjs_traces.hours WHERE at_us = $1 AND stale_xid IS NULL) AS data,
        (SELECT count(*) FROM nestjs_traces.heads WHERE started_us BETWEEN $1 AND $1 + ${HOUR - 1}) AS n`,
      [hour],
    );
    if (row!.data !== null) expect(tracesIn(row!.data)).toBe(row!.n);
  }

  async function writers(): Promise<number> {
    const [row] = await server.query<{ n: string }>(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND state = 'idle in transaction'",
    );
    return Number(row!.n);
  }

  async function waiting(): Promise<boolean> {
    const [row] = await server.query<{ n: string }>(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    );
    return Number(row!.n) > 0;
  }

  function marks(): Promise<{ xid: string | null }[]> {
    return db.rows('SELECT stale_xid::text AS xid FROM nestjs_traces.hours');
  }
});

function tracesIn(data: string): number {
  return Sums.decode(data, new MemoryTermNames(), H, MINUTE).rollup.traces;
}

function gate(): [Promise<void>, () => void] {
  let open!: () => void;
  return [new Promise<void>((resolve) => (open = resolve)), open];
}

async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await turns(2);
}
