import { describePostgres } from '../../../../../test/support/describe-postgres.js';
import { shipRecords, sourceOf as sourceOfWriter } from '../../../../../test/support/shared-contract.js';
import { A_DAY, batchOf, sourceOf, traceOf } from '../../../../../test/support/shipped.js';
import type { JsonText, RecordDraft } from '../../model/record.js';
import { keyPrefix } from '../../model/trace-key.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { TraceHead } from '../../model/trace.js';
import { packLines } from '../../shared/chunk.js';
import { ShipConsumer } from '../../shared/ship/ship-consumer.js';
import type { ShipSource, ShippedTrace } from '../../shared/ship-target.js';
import { postgres } from '../../store/shared-target.js';
import type { Database } from '../connection/database.js';
import { PostgresStore } from '../postgres-store.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { PostgresReader } from './reader.js';

const DAY_US = 86_400_000_000;
const WRITER = { id: '11111111-2222-4333-8444-555555555555', number: 3, host: 'h', pid: 7 };
const TRACE = `${keyPrefix(WRITER)}-1`;
const ID = 'ana_20261130_000000_000001';

describePostgres('reading from PostgreSQL', ({ server, database }) => {
  /** Ships the traces of one process. */
  const ship = async (db: Database, source: ShipSource, traces: ShippedTrace[]): Promise<void> => {
    const target = new PostgresShipTarget(db);
    await target.open(source);
    if (traces.length > 0) await target.ship(batchOf(source, traces));
  };
  const ids = async (reader: PostgresReader, search: Partial<TextSearch>): Promise<string[]> =>
    (await reader.search({ limit: 50, ...search })).heads.map(({ traceId }) => traceId);
  /** Writes one trace as its process does. */
  const record = async (db: Database, more: RecordDraft[] = []): Promise<void> => {
    const target = new PostgresShipTarget(db);
    const consumer = new ShipConsumer({ dir: '/none', target, sourceOf: sourceOfWriter, prices: () => undefined });
    await shipRecords(consumer, WRITER, [
      { kind: 'open', trace: TRACE, id: 'unknown_20261130_000000_000001', traceparent: '', ts: A_DAY + 1 },
      { kind: 'identify', trace: TRACE, id: ID, contact: 'ana', message: 'm'.repeat(900), ts: A_DAY + 2 },
      ...more,
    ]);
  };
  const note = (text: string, ts: number): RecordDraft => {
    return { kind: 'event', trace: TRACE, type: 'note', data: JSON.stringify({ text }) as JsonText, ts };
  };

  describe('a process that gives no sign of life', () => {
    const running = { status: 'active', endedAt: null } as const;
    const silence = (db: Database): Promise<number> =>
      db.run(`UPDATE nestjs_traces.sources SET seen_at = now() - interval '61 s' WHERE instance = 'gone'`);

    it('has interrupted traces, in lists, in filters and when one is read', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const [gone, here] = [sourceOf({ instance: 'gone' }), sourceOf({ instance: 'here' })];
      await ship(db, gone, [traceOf(gone, 1, running), traceOf(gone, 2)]);
      await ship(db, here, [traceOf(here, 3, running)]);
      expect(await ids(reader, { status: 'active' })).toEqual(['t_3', 't_1']);
      await silence(db);
      const { heads } = await reader.search({ limit: 10 });
      expect(heads.map(({ traceId, status, endedAt, instance }) => [traceId, status, endedAt, instance])).toEqual([
        ['t_3', 'active', null, 'here'],
        ['t_2', 'completed', A_DAY + 22, 'gone'],
        ['t_1', 'interrupted', A_DAY + 11, 'gone'],
      ]);
      expect(await ids(reader, { status: 'active' })).toEqual(['t_3']);
      expect(await ids(reader, { status: 'interrupted' })).toEqual(['t_1']);
      expect(await ids(reader, { status: ['interrupted', 'active'] })).toEqual(['t_3', 't_1']);
      expect(await ids(reader, { status: ['interrupted', 'completed'] })).toEqual(['t_2', 't_1']);
      expect(await ids(reader, { withErrors: true })).toEqual(['t_1']);
      expect(await ids(reader, { minDurationMs: 1 })).toEqual(['t_3']);
      expect(await ids(reader, { agent: 'sofia', status: 'interrupted' })).toEqual(['t_1']);
      expect(await ids(reader, { contactId: 'c1', status: 'active' })).toEqual([]);
      const [read] = await reader.getMany(['t_1']);
      expect(read?.head).toEqual(heads[2]);
    });

    it('has running traces again when it was only cut off', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const gone = sourceOf({ instance: 'gone' });
      await ship(db, gone, [traceOf(gone, 1, running)]);
      await silence(db);
      expect(await ids(reader, { status: 'interrupted' })).toEqual(['t_1']);
      await new PostgresShipTarget(db).beat(gone, { lagBytes: 0, lostBytes: 0, dropped: {} });
      expect(await ids(reader, { status: 'interrupted' })).toEqual([]);
      expect(await ids(reader, { status: 'active' })).toEqual(['t_1']);
    });
  });

  describe('one trace', () => {
    it('has its whole message, and is found by the id that it had before', async () => {
      const db = database();
      await record(db);
      const reader = new PostgresReader(db);
      const [trace] = await reader.getMany([ID]);
      expect(trace?.head.message).toBe('m'.repeat(900));
      expect((await reader.search({ limit: 1 })).heads[0]?.message).toHaveLength(500);
      expect(await reader.getMany(['unknown_20261130_000000_000001', ID])).toEqual([trace, trace]);
      expect(await reader.getMany(['t', 'ana_20261130_000000_000009'])).toEqual([]);
    });

    it('has its records once and in the order in which they were written, wherever their chunks are', async () => {
      const db = database();
      await record(db, [note('first', A_DAY + 3), note('second', A_DAY + 4)]);
      const reader = new PostgresReader(db);
      const before = await reader.getMany([ID]);
      expect(before[0]?.records.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
      // The same lines again, in another day, as of a trace whose start was not known.
      await new PostgresShipTarget(db).ship({
        ...batchOf(sourceOfWriter(WRITER), [], 0, 0),
        from: (await new PostgresShipTarget(db).open(sourceOfWriter(WRITER)))!,
        to: { segment: 9, offset: 0 },
        chunks: [{ key: TRACE, startedAt: A_DAY + DAY_US, seq: 90, records: 4, body: await bodyOf(db) }],
      });
      expect(await db.rows('SELECT 1 FROM nestjs_traces.chunks')).toHaveLength(2);
      expect(await reader.getMany([ID])).toEqual(before);
    });

    it('is read without the chunks that are damaged, which are counted', async () => {
      const db = database();
      await record(db);
      await db.run(
        `INSERT INTO nestjs_traces.chunks SELECT key, started_us, source, 77, batch, 1, codec, '\\x0102' FROM nestjs_traces.chunks`,
      );
      const store = new PostgresStore(db.target);
      expect((await store.get(ID))?.records).toHaveLength(2);
      expect(await store.health()).toEqual({ problems: [], corruptRecords: 1 });
      await store.close();
    });

    it('of a newer version is refused with what to do', async () => {
      const db = database();
      await record(db);
      await db.run('UPDATE nestjs_traces.chunks SET codec = 2');
      await expect(new PostgresReader(db).getMany([ID])).rejects.toMatchObject({
        code: 'DATA_NEWER',
        message: expect.stringContaining('codec 2') as string,
      });
    });

    it('is the newest of two hosts whose traces have one id; a list has both', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const [a, b] = [sourceOf({ instance: 'a' }), sourceOf({ instance: 'b' })];
      await ship(db, a, [traceOf(a, 1, { traceId: ID, startedAt: A_DAY + 40 })]);
      await ship(db, b, [traceOf(b, 2, { traceId: ID, startedAt: A_DAY + 90 })]);
      expect((await reader.getMany([ID]))[0]?.head.instance).toBe('b');
      const { heads } = await reader.search({ idPrefix: ID, limit: 5 });
      expect(heads.map(({ instance }) => instance)).toEqual(['b', 'a']);
    });
  });

  describe('lists', () => {
    it('have every trace once, also those of one microsecond, and refuse what is no position', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const source = sourceOf();
      const at = (n: number): Partial<TraceHead> => ({ startedAt: A_DAY + Math.floor(n / 4) });
      await ship(
        db,
        source,
        Array.from({ length: 23 }, (_each, n) => traceOf(source, n, at(n))),
      );
      const seen: string[] = [];
      for (let before: string | undefined; ;) {
        const page = await reader.search({ limit: 3, before });
        seen.push(...page.heads.map(({ traceId }) => traceId));
        if (page.next === null) break;
        before = page.next;
      }
      expect(seen).toEqual(await ids(reader, {}));
      expect(new Set(seen).size).toBe(23);
      await expect(reader.search({ limit: 3, before: 'nonsense' })).rejects.toMatchObject({ code: 'BAD_POSITION' });
    });

    it('find a rare value in any day, with an index and without', async () => {
      const db = database({ maxConnections: 2 });
      const source = sourceOf({ instance: 'many' });
      const now = Date.now() * 1_000;
      const template = traceOf(source, 1, { startedAt: now - 12 * DAY_US });
      const days = Array.from({ length: 14 }, (_each, n) => traceOf(source, n + 2, { startedAt: now - n * DAY_US }));
      await ship(db, source, [template, ...days]);
      await db.run(
        `INSERT INTO nestjs_traces.heads (key, started_us, source, version, trace_id, contact_id, status, last_us, ended_us, errors, tags, search, doc, uses)
         SELECT key || '-' || g, started_us + g * 150000000::bigint, source, version, 'many_' || g, contact_id, status, last_us, ended_us, errors,
           CASE WHEN g % 900 = 0 THEN ARRAY['tool:rare'] ELSE tags END,
           CASE WHEN g % 900 = 0 THEN 'a zanahoria!' ELSE search END, doc, uses
         FROM nestjs_traces.heads, generate_series(1, 6900) g WHERE trace_id = 't_1'`,
      );
      const expected = [6300, 5400, 4500, 3600, 2700, 1800, 900].map((n) => `many_${n}`);
      const reader = new PostgresReader(db, 1e9);
      expect(await ids(reader, { tool: 'rare' })).toEqual(expected);
      expect(await ids(reader, { tool: 'rare', limit: 3 })).toEqual(expected.slice(0, 3));
      expect(await ids(reader, { q: 'ZANAHORIA' })).toEqual(expected);
      expect(await ids(reader, { q: 'a!' })).toEqual(expected);
      expect(await ids(reader, { idPrefix: 'many_90' })).toHaveLength(11);
      expect(await ids(reader, { idPrefix: 'none' })).toEqual([]);
      const until = (await reader.getMany(['many_2000']))[0]!.head.startedAt;
      expect(await ids(reader, { tool: 'rare', until })).toEqual(expected.slice(5));
      expect(await ids(reader, { q: 'zanahoria', since: until })).toEqual(expected.slice(0, 5));
      // No time: the newest are there, and it says that others may be missing.
      const hasty = await new PostgresReader(db, 0).search({ q: 'none of them', limit: 5 });
      expect([hasty.heads, hasty.partial]).toEqual([[], true]);
    });

    it('have the traces of all processes of an instance', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const processes = ['a', 'a', 'b'].map((instance) => sourceOf({ instance }));
      for (const [n, source] of processes.entries()) await ship(db, source, [traceOf(source, n)]);
      expect(await ids(reader, { instance: 'a' })).toEqual(['t_1', 't_0']);
      expect(await ids(reader, { instance: 'b', agent: 'sofia' })).toEqual(['t_2']);
      expect(await ids(reader, { instance: 'none' })).toEqual([]);
    });

    it('have values that PostgreSQL has no text for', async () => {
      const db = database();
      const reader = new PostgresReader(db);
      const source = sourceOf();
      const odd = 'n\u0000l \ud800 %';
      await ship(db, source, [
        { ...traceOf(source, 1, { contactId: odd, message: odd }), tags: [`tool:${odd}`], search: odd },
      ]);
      for (const search of [{ contactId: odd }, { tool: odd }, { q: odd }, { q: 'L' }, { q: ' %' }]) {
        expect(await ids(reader, search)).toEqual(['t_1']);
      }
      expect(await ids(reader, { not: { texts: [odd] } })).toEqual([]);
      expect((await reader.search({ limit: 1 })).heads[0]?.message).toBe(odd);
    });
  });

  describe('a database that cannot be read', () => {
    it('out of reach: a code, and no password', async () => {
      const store = new PostgresStore(postgres({ url: 'postgres://me:secret@127.0.0.1:1/db' }));
      await expect(store.list({ limit: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(store.stats.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const { problems } = await store.health();
      expect(problems).toHaveLength(1);
      expect(problems[0]).not.toContain('secret');
      await store.close();
    });

    it('without tables that this program may create: a code for each question', async () => {
      const db = database({ manage: 'off' });
      const store = new PostgresStore(db.target);
      const code = { code: 'SCHEMA_OUTDATED' };
      await expect(store.list({ limit: 1 })).rejects.toMatchObject(code);
      await expect(store.getMany(['x'])).rejects.toMatchObject(code);
      await expect(store.feed.head()).rejects.toMatchObject(code);
      await expect(store.instances()).rejects.toMatchObject(code);
      expect((await store.health()).problems).toHaveLength(1);
      await store.close();
    });

    it('of a newer version: a code', async () => {
      const db = database();
      await ship(db, sourceOf(), []);
      await db.run('UPDATE nestjs_traces.meta SET version = 99, min_reader = 99, min_writer = 99');
      const store = new PostgresStore(db.target);
      await expect(store.list({ limit: 1 })).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
      await store.close();
    });

    it('that cannot be written to is read', async () => {
      const db = database();
      const source = sourceOf();
      await ship(db, source, [traceOf(source, 1)]);
      await db.run(`ALTER DATABASE postgres SET default_transaction_read_only = on`);
      const store = new PostgresStore(db.target);
      try {
        expect((await store.list({ limit: 5 })).heads).toHaveLength(1);
        expect((await store.health()).problems).toEqual([]);
      } finally {
        await store.close();
        await server().query('BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT');
      }
    });
  });
});

async function bodyOf(db: Database): Promise<Buffer> {
  const [row] = await db.rows<{ body: Buffer }>('SELECT body FROM nestjs_traces.chunks LIMIT 1');
  return row?.body ?? packLines([]);
}
