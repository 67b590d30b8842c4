import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseServer } from '../../../../../test/support/clickhouse.mjs';
import { sourceOf } from '../../../../../test/support/shared-contract.js';
import { Catalog } from '../../catalog/catalog.js';
import { RecordEncoder } from '../../journal/codec/codec.js';
import { JournalWriter } from '../../journal/write/writer.js';
import type { JsonText, RecordDraft, TraceKey } from '../../model/record.js';
import { emptyHead } from '../../model/trace.reducer.js';
import { keyPrefix } from '../../model/trace-key.js';
import type { FeedRecord } from '../../model/trace.js';
import { SegmentCursor } from '../../pipeline/segment-cursor.js';
import { WriterChains } from '../../pipeline/writer-chains.js';
import { packLines } from '../../shared/chunk.js';
import type { ShipBatch, ShippedTrace, ShipSource } from '../../shared/ship-target.js';
import { ShipConsumer } from '../../shared/ship/ship-consumer.js';
import { clickhouse } from '../../store/shared-target.js';
import { ClickHouseStore } from '../clickhouse-store.js';
import { ClickHouse } from '../connection/click-house.js';
import { ClickHouseShipTarget } from './ship-target.js';

const { missing } = ClickHouseServer;
const T0 = 1_700_000_000_000_000;

/** A connection whose inserts fail, before or after the rows are stored. */
class FaultyClickHouse extends ClickHouse {
  /** Each insert asks it. `lost`: the rows are stored, and the answer is lost. */
  fault: (table: string) => 'down' | 'lost' | undefined = () => undefined;

  override async insert(table: string, rows: readonly object[]): Promise<void> {
    const fault = this.fault(table);
    if (fault !== 'down') await super.insert(table, rows);
    if (fault) throw new Error(`the insert into ${table} failed`);
  }
}

(missing ? describe.skip : describe)(`shipping into ClickHouse${missing ? `: ${missing}` : ''}`, () => {
  let server: ClickHouseServer;
  let dir: string;
  let n = 0;
  let target: ReturnType<typeof clickhouse>;
  let store: ClickHouseStore;
  let open: ClickHouse[];

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'clickhouse-ship-'));
    target = clickhouse({ url: server.url, database: `ship_${(n += 1)}` });
    store = new ClickHouseStore(target);
    open = [];
  });
  afterEach(async () => {
    await Promise.all([store.close(), ...open.map((db) => db.close())]);
    rmSync(dir, { recursive: true, force: true });
  });

  function connect(): FaultyClickHouse {
    const db = new FaultyClickHouse(target);
    open.push(db);
    return db;
  }

  function write(traces: number): TraceKey[] {
    const writer = new JournalWriter({ dir, maxSegmentBytes: 20_000 });
    const prefix = keyPrefix(writer.writer);
    const keys = Array.from({ length: traces }, (_, i) => `${prefix}-${i + 1}`);
    // Interleaved, so that a cut at any place divides traces.
    for (const [i, trace] of keys.entries()) {
      writer.append({ kind: 'open', trace, id: idOf(i), traceparent: 'p', ts: T0 + i });
    }
    for (let step = 0; step < 5; step += 1) {
      for (const [i, trace] of keys.entries()) {
        const data = JSON.stringify({ step, text: 'x'.repeat(50) }) as JsonText;
        const span = `${i}`.padStart(15, '0') + step;
        writer.append({ kind: 'span', trace, span, name: 'book', type: 'tool', ts: T0 + i + step });
        writer.append({ kind: 'event', trace, type: 'step', data, ts: T0 + i + step });
        writer.append({ kind: 'span_end', trace, span, ms: 5, ts: T0 + i + step });
      }
    }
    for (const [i, trace] of keys.entries()) writer.append({ kind: 'end', trace, status: 'completed', ts: T0 + i + 9 });
    writer.close();
    return keys;
  }

  /** Ships what the directory has, whatever fails, in batches of changing sizes and without waiting after a failure. */
  async function shipAll(db: ClickHouse, size = 40): Promise<void> {
    const consumer = new ShipConsumer({ dir, target: new ClickHouseShipTarget(db), sourceOf, prices: () => undefined });
    for (const { identity, segments } of new WriterChains(dir).list().values()) {
      for (let tries = 0; ; tries += 1) {
        try {
          const at = await consumer.position(identity);
          for (const file of segments.filter(({ number }) => number >= at.segment)) {
            const from = file.number === at.segment ? at.offset : 0;
            await shipSegment(
              consumer,
              new SegmentCursor(file, { from, writer: identity.id, payloads: false }),
              size + tries,
            );
          }
          break;
        } catch (error) {
          if (tries > 200) throw error;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }
  }

  async function shipSegment(consumer: ShipConsumer, cursor: SegmentCursor, size: number): Promise<void> {
    try {
      for (let batch = cursor.next(size); batch; batch = cursor.next(size)) {
        await consumer.consume(batch);
        await consumer.flush();
      }
    } finally {
      cursor.close();
    }
  }

  function catalogHeads(): unknown[] {
    const catalog = new Catalog({ dir });
    try {
      catalog.catchUp(60_000);
      return catalog.list({}, 1_000, undefined).heads;
    } finally {
      catalog.close();
    }
  }

  /** All that readers have is what the directory has, each record once. */
  async function expectAll(keys: readonly TraceKey[]): Promise<void> {
    const { heads } = await store.list({ limit: 1_000 });
    expect(heads.map(({ instance: _instance, ...head }) => head)).toEqual(catalogHeads());
    const traces = await store.getMany(keys.map((_, i) => idOf(i)));
    expect(traces.map(({ head, records }) => [head.key, records.length])).toEqual(keys.map((key) => [key, 17]));
    const sample = await store.stats.sample({});
    expect(sample.tools).toEqual([{ name: 'book', count: keys.length * 5 }]);
    const fed = await drain();
    expect(fed.map(({ record }) => record.seq)).toEqual(
      [...new Set(fed.map(({ record }) => record.seq))].sort((a, b) => a - b),
    );
    expect(fed).toHaveLength(keys.length * 17);
  }

  async function drain(limit = 100): Promise<FeedRecord[]> {
    const records: FeedRecord[] = [];
    for (let position: string | undefined; ;) {
      const page = await store.feed.readAfter(position, { limit });
      records.push(...page.records);
      if (page.done) return records;
      position = page.position;
    }
  }

  it('stores each record once, whatever insert fails, before or after its rows are stored', async () => {
    const keys = write(12);
    const db = connect();
    // Every table fails in both ways, and the next time it works.
    const tables = ['sources', 'chunks', 'heads', 'batches', 'positions'];
    const faults = tables.flatMap((table) => [
      [table, 'down'],
      [table, 'lost'],
    ]);
    db.fault = (table) => {
      const at = faults.findIndex(([name]) => name === table);
      return at === -1 ? undefined : (faults.splice(at, 1)[0]![1] as 'down' | 'lost');
    };
    await shipAll(db);
    expect(faults).toEqual([]);
    await expectAll(keys);
  });

  it('stores each record once when three processes race on one directory and fail all the time', async () => {
    const keys = write(12);
    let turn = 0;
    const dbs = [connect(), connect(), connect()];
    for (const db of dbs) {
      db.fault = () => {
        turn += 1;
        return turn < 60 && turn % 3 === 0 ? (turn % 2 === 0 ? 'down' : 'lost') : undefined;
      };
    }
    await Promise.all(dbs.map((db, i) => shipAll(db, 30 + 7 * i)));
    await expectAll(keys);
  });

  it('goes on where it was when the server is killed and starts again', async () => {
    const keys = write(12);
    const db = connect();
    let inserts = 0;
    let restarted: Promise<void> | undefined;
    db.fault = () => {
      inserts += 1;
      if (inserts === 6) restarted = server.stop('SIGKILL').then(() => server.run());
      return undefined;
    };
    await shipAll(db);
    await restarted;
    await expectAll(keys);
  });

  const source: ShipSource = {
    writer: '11111111-2222-4333-8444-555555555555',
    instance: 'a',
    host: 'h',
    pid: 1,
    version: '1.0.0',
    isOwn: true,
  };

  it('gives each record once where two processes cut the same lines differently', async () => {
    const shipper = new ClickHouseShipTarget(connect());
    await shipper.open(source);
    const lost = connect();
    lost.fault = (table) => (table === 'positions' ? 'down' : undefined);
    await expect(new ClickHouseShipTarget(lost).ship(batchOf(0, 5))).rejects.toThrow('positions');
    expect(await shipper.ship(batchOf(0, 3))).toBe('taken');
    expect(await shipper.ship(batchOf(3, 8))).toBe('taken');
    // The slower process comes to its end much later.
    expect(await new ClickHouseShipTarget(connect()).ship(batchOf(0, 6))).toBe('fenced');
    expect((await store.get(idOf(1)))!.records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const limit of [1, 2, 3, 100]) {
      expect((await drain(limit)).map(({ record }) => record.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
    expect(await shipper.open(source)).toEqual({ segment: 1, offset: 8 });
  });

  it('counts the row with more records of a trace, whenever it comes', async () => {
    const db = connect();
    const shipped = new ClickHouseShipTarget(db);
    await shipped.open(source);
    await shipped.ship(batchOf(0, 8));
    await db.insert('heads', [
      { ...(await db.rows<object>('SELECT * FROM nestjs_traces.heads'))[0], status: 'active', version: 3, edition: 24 },
    ]);
    const [trace] = await shipped.traces(['k-1']);
    expect([trace!.version, trace!.head.status]).toEqual([8, 'completed']);
    expect((await store.list({ limit: 9 })).heads.map(({ status }) => status)).toEqual(['completed']);
    expect((await store.list({ limit: 9, status: 'active' })).heads).toEqual([]);
    expect((await store.list({ limit: 9, contactId: 'ana' })).heads).toHaveLength(1);
  });

  it('keeps texts that are no valid UTF-16, NUL, and numbers that are no number', async () => {
    const shipped = new ClickHouseShipTarget(connect());
    await shipped.open(source);
    const batch = batchOf(0, 1);
    const [trace] = batch.traces;
    const contactId = 'a\ud800\0b';
    const head = { ...trace!.head, contactId, message: '\udfff ok', messageId: '\0' };
    const odd = { ...trace!, head, tags: ['tag:\ud800'], search: '\ud800 text', uses: [] };
    expect(await shipped.ship({ ...batch, traces: [odd] })).toBe('taken');
    const [found] = (await store.list({ limit: 1, contactId })).heads;
    expect([found!.contactId, found!.message, found!.messageId]).toEqual(['a\ufffd\0b', '\udfff ok', '\0']);
    expect((await store.list({ limit: 1, messageIds: ['\0'] })).heads).toHaveLength(1);
    expect((await store.search({ limit: 1, q: '\ud800 TEXT' })).heads).toHaveLength(1);
  });

  it('lists the processes with their signs of life', async () => {
    const shipped = new ClickHouseShipTarget(connect());
    await shipped.open(source);
    await shipped.beat(source, { lagBytes: 7, lostBytes: 0, dropped: { full: 2 } });
    await shipped.ship({ ...batchOf(0, 1) });
    const [live] = await store.instances();
    expect(live).toMatchObject({ instance: 'a', state: 'live', lagBytes: 7, dropped: { full: 2 }, activeTraces: 1 });
    await shipped.beat(source, { lagBytes: 0, lostBytes: 0, dropped: {} }, true);
    const [closed] = await store.instances();
    expect([closed!.state, closed!.activeTraces]).toEqual(['closed', 0]);
    // Its trace cannot end any more.
    const [head] = (await store.list({ limit: 1, status: 'interrupted' })).heads;
    expect([head!.status, head!.endedAt, head!.instance]).toEqual(['interrupted', head!.lastAt, 'a']);
  });

  /** Records `from + 1` to `to` of one trace, and the trace with them. */
  function batchOf(from: number, to: number): ShipBatch {
    const lines = Array.from({ length: to - from }, (_, i) => lineOf(from + i + 1));
    const chunk = { key: 'k-1', startedAt: T0, seq: from + 1, records: lines.length, body: packLines(lines) };
    return {
      source,
      from: { segment: from === 0 ? 0 : 1, offset: from },
      to: { segment: 1, offset: to },
      chunks: [chunk],
      traces: [traceOf(to)],
    };
  }
});

function idOf(i: number): string {
  return `ana_20231114_221320_${String(i).padStart(6, '0')}`;
}

function lineOf(seq: number): Buffer {
  const draft: RecordDraft = { kind: 'event', trace: 'k-1', type: 'step', ts: T0 + seq };
  const encoder = new RecordEncoder();
  return Buffer.from(encoder.buffer.subarray(0, encoder.encode(draft, seq)));
}

function traceOf(version: number): ShippedTrace {
  const isOver = version === 8;
  return {
    head: {
      ...emptyHead('k-1'),
      traceId: idOf(1),
      contactId: 'ana',
      startedAt: T0,
      lastAt: T0 + version,
      endedAt: isOver ? T0 + version : null,
      status: isOver ? 'completed' : 'active',
      events: version,
    },
    version,
    tags: [],
    search: 'ana',
    uses: [],
  };
}
