import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouseServer } from '../../../../../test/support/clickhouse.mjs';
import { openShared, type SharedSubject } from '../../../../../test/support/shared-contract.js';
import { wallNow } from '../../model/timers.js';
import { clickhouse } from '../../store/shared-target.js';
import { idOf, json, SECOND, Subject, T0 } from '../../testing/store-contract/subject.js';
import { ClickHouse } from '../connection/click-house.js';
import { maintain } from './maintenance.js';

const { missing } = ClickHouseServer;
const DAY_MS = 86_400_000;
/** The traces of these specs began this long ago. */
const AGE_MS = wallNow() - T0 / 1000;
const FOREVER = { maxAgeMs: 100_000 * DAY_MS, errorMaxAgeMs: 100_000 * DAY_MS, maxBytes: undefined };

(missing ? describe.skip : describe)(`maintenance of ClickHouse${missing ? `: ${missing}` : ''}`, () => {
  let server: ClickHouseServer;
  let n = 0;
  let database: string;
  let store: SharedSubject;
  let subject: Subject<SharedSubject>;
  let db: ClickHouse;

  beforeAll(async () => {
    server = await ClickHouseServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    database = `maintained_${(n += 1)}`;
    const target = clickhouse({ url: server.url, database });
    store = openShared(target);
    subject = new Subject(store);
    db = new ClickHouse(target);
  });
  afterEach(async () => {
    await db.close();
    await store.close();
  });

  /** As if the last run was long ago. */
  async function maintained(limits: Parameters<typeof maintain>[1] = FOREVER): Promise<void> {
    await db.run('TRUNCATE TABLE nestjs_traces.runs');
    await maintain(db, limits);
  }

  async function rowsOf(table: string): Promise<number> {
    return (await db.rows<{ n: number }>(`SELECT toInt64(count()) AS n FROM nestjs_traces.${table}`))[0]!.n;
  }

  /** The process of the records gave its last sign of life long ago. */
  async function fallSilent(): Promise<void> {
    await db.run('TRUNCATE TABLE nestjs_traces.beats');
    for (const [table, column] of [
      ['sources', 'registered_us'],
      ['positions', 'stored_us'],
    ]) {
      await db.run(`ALTER TABLE nestjs_traces.${table} UPDATE ${column} = 1 WHERE 1`, {}, { mutations_sync: '2' });
    }
  }

  /** Numbers of the traces that have records in the table. */
  async function recorded(): Promise<string[]> {
    const rows = await db.rows<{ key: string }>('SELECT DISTINCT key FROM nestjs_traces.chunks ORDER BY key');
    return rows.map(({ key }) => key.slice(key.indexOf('-') + 1));
  }

  it('keeps pinned traces and young errors of a day that is too old, with their records', async () => {
    await subject.write(1, { contact: 'ana' });
    await subject.write(2, { contact: 'beto', error: 'boom' });
    await subject.write(3, { contact: 'carla' });
    await store.admin!.pin(idOf('carla', 3), true);
    await maintained({ ...FOREVER, maxAgeMs: AGE_MS + DAY_MS });
    expect(await subject.found({})).toEqual([3, 2, 1]);
    await maintained({ ...FOREVER, maxAgeMs: AGE_MS - 2 * DAY_MS });
    expect(await subject.found({})).toEqual([3, 2]);
    expect((await store.get(idOf('beto', 2)))!.records).toHaveLength(4);
    // The rows are gone, not only hidden.
    expect(await recorded()).toEqual(['2', '3']);
    await maintained({ ...FOREVER, maxAgeMs: 1, errorMaxAgeMs: 1 });
    expect(await subject.found({})).toEqual([3]);
    await store.admin!.pin(idOf('carla', 3), false);
    await maintained({ ...FOREVER, maxAgeMs: 1, errorMaxAgeMs: 1 });
    expect([await rowsOf('heads'), await rowsOf('chunks')]).toEqual([0, 0]);
  });

  it('deletes the oldest days while all take more bytes than allowed', async () => {
    await subject.write(1, { contact: 'ana', error: 'boom' });
    await subject.write(86_400, { contact: 'beto' });
    await maintained({ ...FOREVER, maxBytes: 1_000_000_000 });
    expect(await subject.found({})).toEqual([86_400, 1]);
    const [day] = await db.rows<{ bytes: number }>(
      `SELECT toInt64(max(b)) + 1 AS bytes FROM (SELECT sum(bytes_on_disk) AS b FROM system.parts
       WHERE active AND database = 'nestjs_traces' AND table IN ('heads', 'chunks') GROUP BY partition)`,
    );
    await maintained({ ...FOREVER, maxBytes: day!.bytes });
    expect(await subject.found({})).toEqual([86_400]);
  });

  it('deletes the rows of removed traces, once a minute at most', async () => {
    await subject.write(1, { contact: 'ana' });
    const trace = await subject.write(2, { contact: 'beto', end: false });
    await store.admin!.clear({ keepErrors: false });
    expect(await subject.found({})).toEqual([2]);
    expect((await store.stats!.counts()).total).toBe(1);
    await maintained();
    expect(await recorded()).toEqual(['2']);
    await store.admin!.erase('beto');
    await maintain(db, FOREVER);
    expect(await rowsOf('heads')).toBeGreaterThan(0);
    await maintained();
    expect(await rowsOf('heads')).toBe(0);
    // An erased trace stays removed, whatever it still writes.
    await subject.append({ kind: 'event', trace, type: 'late', ts: T0 + 9 * SECOND });
    expect(await subject.found({})).toEqual([]);
  });

  it('writes that the traces of a silent process are interrupted, and a later record of it counts again', async () => {
    const trace = await subject.write(1, { contact: 'ana', end: false });
    await fallSilent();
    const shown = (await store.list({ limit: 1 })).heads[0]!;
    expect([shown.status, shown.endedAt]).toEqual(['interrupted', shown.lastAt]);
    expect((await store.stats!.sample({})).byStatus).toEqual({ interrupted: 1 });
    expect(await store.stats!.counts()).toEqual({ total: 1, active: 0, errors: 1 });
    await maintained();
    expect(await db.rows('SELECT status FROM nestjs_traces.heads FINAL')).toEqual([{ status: 'interrupted' }]);
    expect((await store.list({ limit: 1 })).heads[0]).toEqual(shown);
    await subject.append({ kind: 'event', trace, type: 'step', ts: T0 + 3 * SECOND });
    const [head] = (await store.list({ limit: 1, status: 'active' })).heads;
    expect([head!.status, head!.endedAt, head!.events]).toEqual(['active', null, 2]);
  });

  it('two runs at once do no harm', async () => {
    await subject.write(1, { contact: 'ana', end: false });
    await subject.write(2, { contact: 'beto' });
    await fallSilent();
    await store.admin!.clear({ keepErrors: false });
    await db.run('TRUNCATE TABLE nestjs_traces.runs');
    await Promise.all([maintain(db, FOREVER), maintain(db, FOREVER), maintain(db, FOREVER)]);
    expect((await store.list({ limit: 9 })).heads).toEqual([]);
  });

  it('erases a contact from rows and files: after a scrub no file of the tables has it', async () => {
    const word = 'contact-of-nobody-77';
    await subject.write(1, { contact: word, message: `I am ${word}` });
    const other = await subject.write(2, { contact: 'beto', message: `call ${word}` });
    await subject.append({
      kind: 'event',
      trace: other,
      type: 'note',
      data: json({ about: word }),
      ts: T0 + 3 * SECOND,
    });
    await fallSilent();
    expect((await store.search!({ limit: 9, q: word })).heads).toHaveLength(2);
    expect(await store.admin!.erase(word, { scrub: true })).toEqual({ removed: 1, pending: 0 });
    expect((await store.search!({ limit: 9, q: word })).heads).toEqual([]);
    const { head, records } = (await store.get(idOf('beto', 2)))!;
    expect(JSON.stringify([head, records])).not.toContain(word);
    expect(head.message).toBe(`call ${'*'.repeat(word.length)}`);
    expect(records).toHaveLength(4);
    // The server deletes the files of before about a minute later.
    expect(await filesWith(word)).toEqual([]);
  });

  /** Tables with rows, whatever their version, and files in use that contain the text. */
  async function filesWith(text: string): Promise<string[]> {
    const found: string[] = [];
    for (const { name } of await server.query<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = '${database}'`,
    )) {
      const rows = await server.query(`SELECT * FROM ${database}.${name}`);
      if (JSON.stringify(rows).includes(text)) found.push(name);
    }
    const parts = await server.query<{ path: string }>(
      `SELECT path FROM system.parts WHERE active AND database = '${database}'`,
    );
    const files = parts.flatMap(({ path }) => readdirSync(path).map((name) => join(path, name)));
    return [...found, ...files.filter((path) => readFileSync(path).includes(text))];
  }
});
