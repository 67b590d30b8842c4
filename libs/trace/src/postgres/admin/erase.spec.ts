import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresServer } from '../../../../../test/support/postgres.mjs';
import { idOf, ShippingProcess } from '../../../../../test/support/shipping-process.js';
import { sha256 } from '../../model/hash.js';
import type { JsonText, TraceRecord } from '../../model/record.js';
import { wallNow } from '../../model/timers.js';
import { recordsOf } from '../../shared/chunk.js';
import { postgres } from '../../store/shared-target.js';
import { Database } from '../connection/database.js';
import { headOf, HEAD_COLUMNS, type HeadRow } from '../heads/head-row.js';
import { PostgresShipTarget } from '../ship/ship-target.js';
import { PostgresAdmin } from './admin.js';
import { runMaintenance } from './maintenance.js';

const missing = PostgresServer.missing;
const DAY_US = 86_400_000_000;
const FOREVER = { maxAgeMs: 1e12, errorMaxAgeMs: 1e12, maxBytes: undefined };

(missing ? describe.skip : describe)(`erasing a contact${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer;
  let schemas = 0;
  let db: Database;
  let target: PostgresShipTarget;
  let admin: PostgresAdmin;
  let process: ShippingProcess;
  const now = wallNow() * 1_000 - 3_600_000_000;

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  beforeEach(async () => {
    db = new Database(postgres({ url: server.url, schema: `erase_${(schemas += 1)}`, maxConnections: 6 }));
    target = new PostgresShipTarget(db);
    admin = new PostgresAdmin(db);
    process = await ShippingProcess.start(target);
    // A process that is closed is not waited for.
    await process.beat(true);
  });
  afterEach(() => db.close());
  afterAll(() => server?.close());

  const contacts = async (): Promise<string[]> =>
    (await db.rows<{ contact_id: string }>('SELECT contact_id FROM nestjs_traces.heads ORDER BY contact_id')).map(
      (row) => row.contact_id,
    );
  const recordsIn = async (key: string): Promise<TraceRecord[]> =>
    (
      await db.rows<{ body: Buffer }>('SELECT body FROM nestjs_traces.chunks WHERE key = $1 ORDER BY seq', [key])
    ).flatMap(({ body }) => recordsOf(body) as TraceRecord[]);
  const everything = async (): Promise<string> => {
    const rows = await db.rows<HeadRow>(`SELECT ${HEAD_COLUMNS} FROM nestjs_traces.heads h`);
    const bodies = await db.rows<{ body: Buffer }>('SELECT body FROM nestjs_traces.chunks');
    return JSON.stringify([rows, rows.map(headOf), bodies.map(({ body }) => recordsOf(body))]);
  };

  it('deletes its traces, pinned or not, and those that it shares with other contacts', async () => {
    await process.beat();
    await process.beat(true);
    await process.trace(
      { contact: 'contact-77', at: now },
      { contact: 'contact-77', at: now - 3 * DAY_US },
      { contact: 'beto', at: now + 1, contacts: ['contact-77'] },
      { contact: 'carla', at: now + 2 },
    );
    await process.beat(true);
    await admin.pin(idOf('contact-77', now), true);
    expect(await admin.erase('contact-77')).toMatchObject({ removed: 3 });
    expect(await contacts()).toEqual(['carla']);
    expect(await everything()).not.toContain('contact-77');
    expect(await admin.erase('contact-77')).toEqual({ removed: 0, pending: 0 });
  });

  it('does not store what its traces still write, nor what was on its way', async () => {
    const [running, ended] = await process.trace(
      { contact: 'contact-77', at: now, isOpen: true },
      { contact: 'contact-77', at: now + 1 },
    );
    await process.beat(true);
    await admin.erase('contact-77');
    const data = '{"a":1}' as JsonText;
    await process.ship([
      { kind: 'event', trace: running!, type: 'late', data, ts: now + 5_000_000 },
      { kind: 'event', trace: ended!, type: 'late', data, late: true, ts: now + 5_000_000 },
    ]);
    expect(await contacts()).toEqual([]);
    expect(await db.rows('SELECT count(*) AS n FROM nestjs_traces.chunks')).toEqual([{ n: 0 }]);
  });

  it('masks its id in the rows and the records of other traces, and leaves their other texts and numbers', async () => {
    const [key] = await process.trace({
      contact: 'beto',
      at: now,
      message: 'ask CONTACT-77 about it',
      note: 'contact-77 said "5 of 7"',
      error: 'no answer from contact-77',
    });
    await process.trace({ contact: 'contact-77', at: now + 1 });
    await process.beat(true);
    const before = await recordsIn(key!);
    await admin.erase('contact-77');
    expect(await everything()).not.toMatch(/contact-77/);
    const after = await recordsIn(key!);
    expect(after.map(({ kind, seq, ts }) => ({ kind, seq, ts }))).toEqual(
      before.map(({ kind, seq, ts }) => ({ kind, seq, ts })),
    );
    expect(after.find(({ kind }) => kind === 'event')).toMatchObject({ data: { note: '********** said "5 of 7"' } });
    const [row] = await db.rows<HeadRow>(`SELECT ${HEAD_COLUMNS} FROM nestjs_traces.heads h WHERE key = $1`, [key]);
    expect(row).toMatchObject({ status: 'error', errors: 1, contact_id: 'beto' });
    expect(row!.search).toContain('no answer from **********');
    expect(row!.search).not.toContain('contact-77');
  });

  it('masks the ids of its traces where others link to them, also when its own id is too short to search for', async () => {
    await process.trace({ contact: 'ana', at: now }, { contact: 'ana', at: now + 1 });
    const [key] = await process.trace({ contact: 'beto', at: now + 2, link: idOf('ana', now) });
    await process.beat(true);
    expect(await admin.erase('ana')).toMatchObject({ removed: 2 });
    expect(await everything()).not.toContain(idOf('ana', now));
    expect(await recordsIn(key!)).toHaveLength(3);
    expect(
      await db.rows('SELECT count(*) AS n FROM nestjs_traces.heads WHERE tags && $1', [[`link:${idOf('ana', now)}`]]),
    ).toEqual([{ n: 0 }]);
  });

  it('finds ids that JSON escapes, and ids in another script', async () => {
    const odd = 'josé "el ñu"\u0007';
    const recorded = odd.replace('\u0007', '\ufffd');
    await process.trace(
      { contact: 'beto', at: now, note: `from ${odd}`, message: odd },
      { contact: recorded, at: now + 1 },
    );
    await process.beat(true);
    await admin.erase(recorded);
    expect(await everything()).not.toContain('ñu');
  });

  it('asks the running processes, and says how many have erased it', async () => {
    const others = await Promise.all([1, 2, 3].map(() => ShippingProcess.start(target)));
    const [done, slow, silent] = others as [ShippingProcess, ShippingProcess, ShippingProcess];
    await db.run(`UPDATE nestjs_traces.sources SET seen_at = now() - interval '2 minutes' WHERE writer = $1`, [
      silent.source.writer,
    ]);
    const erasing = admin.erase('contact-77');
    const first = await until(async () => (await target.erasures(done.source))[0]);
    expect(first).toMatchObject({ contactId: 'contact-77', contactHash: sha256('contact-77').toString('hex') });
    expect(Math.abs(first.until - wallNow() * 1_000)).toBeLessThan(60_000_000);
    await target.acknowledge(done.source, [first.id]);
    expect(await target.erasures(done.source)).toEqual([]);
    expect(await erasing).toEqual({ removed: 0, pending: 0, instances: { done: 1, pending: 1 } });
    // It is kept in clear until the last of them has erased it.
    expect(await target.erasures(slow.source)).toMatchObject([{ contactId: 'contact-77' }]);
    await target.acknowledge(slow.source, [first.id]);
    await runMaintenance(db, FOREVER);
    expect(await target.erasures(silent.source)).toEqual([{ ...first, contactId: null }]);
  });

  it('erases what a process stored between the request and its acknowledgement', async () => {
    const other = await ShippingProcess.start(target);
    const erasing = admin.erase('contact-77');
    const first = await until(async () => (await target.erasures(other.source))[0]);
    await other.trace(
      { contact: 'contact-77', at: now },
      { contact: 'beto', at: now + 1, note: 'contact-77 again' },
      { contact: 'contact-77', at: first.until + 1, message: 'wrote again' },
    );
    await target.acknowledge(other.source, [first.id]);
    expect(await erasing).toMatchObject({ instances: { done: 1, pending: 0 } });
    expect(await contacts()).toEqual(['beto', 'contact-77']);
    expect(await everything()).not.toContain('contact-77 again');
  });

  it('is finished by maintenance when the process that was asked died in between', async () => {
    await process.trace({ contact: 'contact-77', at: now }, { contact: 'beto', at: now + 1, note: 'contact-77' });
    await process.beat(true);
    await db.run('INSERT INTO nestjs_traces.erasures (contact_hash, contact_id, until_us) VALUES ($1, $2, $3)', [
      sha256('contact-77'),
      'contact-77',
      now + DAY_US,
    ]);
    await runMaintenance(db, FOREVER);
    expect(await everything()).not.toContain('contact-77');
    expect(await db.rows('SELECT contact_id FROM nestjs_traces.erasures')).toEqual([{ contact_id: null }]);
    // The numbers of erasures go on.
    await admin.erase('another');
    expect(await db.rows('SELECT id FROM nestjs_traces.erasures ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('leaves a contact alone whose id is too common a text', async () => {
    await process.trace({ contact: 'unknown', at: now }, { contact: 'beto', at: now + 1, note: 'unknown error' });
    await process.beat(true);
    expect(await admin.erase('unknown')).toMatchObject({ removed: 1 });
    expect(await everything()).toContain('unknown error');
  });

  it('with scrub leaves nothing of it in the data files, and loses nothing else', async () => {
    const secret = `secret-${randomUUID()}`;
    const ofToday = Array.from({ length: 40 }, (_, n) => ({ contact: secret, at: now + n, note: `note ${secret}` }));
    const older = ofToday.map((sketch) => ({ ...sketch, at: sketch.at - 5 * DAY_US, message: `I am ${secret}` }));
    await process.trace(...ofToday, ...older, { contact: 'beto', at: now + 99, link: idOf(secret, now), note: secret });
    await process.trace({ contact: 'carla', at: now + 100 }, { contact: 'dora', at: now - 5 * DAY_US + 100 });
    await process.beat(true);
    // Statistics have frequent values.
    await server.query(`ANALYZE ${db.target.schema}.heads`);
    await server.query('CHECKPOINT');
    const bodies = await db.rows<{ body: Buffer }>(
      'SELECT c.body FROM nestjs_traces.chunks c JOIN nestjs_traces.heads h USING (key) WHERE h.contact_id = $1 ORDER BY key LIMIT 2',
      [secret],
    );
    const before = filesWith(server.data, secret);
    expect(before.length).toBeGreaterThan(2);
    expect(await admin.erase(secret)).toEqual({ removed: 80, pending: 80 });
    await server.query('CHECKPOINT');
    expect(filesWith(server.data, secret).length).toBeGreaterThan(0);
    expect(await admin.erase(secret, { scrub: true })).toEqual({ removed: 0, pending: 0 });
    await server.query('CHECKPOINT');
    expect(filesWith(server.data, secret)).toEqual([]);
    for (const { body } of bodies) expect(filesWith(server.data, body)).toEqual([]);
    expect(await contacts()).toEqual(['beto', 'carla', 'dora']);
    const [{ remains }] = (await db.rows('SELECT count(*) AS remains FROM nestjs_traces.erasures WHERE remains <> $1', [
      [],
    ])) as [{ remains: number }];
    expect(remains).toBe(0);
  });

  it('is scrubbed by maintenance when nothing is stored for a while, but not in a day that is written', async () => {
    const secret = `secret-${randomUUID()}`;
    await process.trace({ contact: secret, at: now - 5 * DAY_US }, { contact: secret, at: wallNow() * 1_000 });
    await process.beat(true);
    await admin.erase(secret);
    const remains = async (): Promise<number> =>
      (await db.rows<{ n: number }>('SELECT sum(cardinality(remains)) AS n FROM nestjs_traces.erasures'))[0]!.n;
    expect(await remains()).toBe(2);
    await db.run(`UPDATE nestjs_traces.batches SET stored_at = now() - interval '11 minutes'`);
    await runMaintenance(db, FOREVER);
    expect(await remains()).toBe(1);
  });
});

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
  }
}

/** Data files that have these bytes. The write-ahead log is left out. */
function filesWith(dir: string, text: string | Buffer): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('pg_wal') && statSync(join(dir, name), { throwIfNoEntry: false })?.isFile())
    .filter((name) => readFileSync(join(dir, name)).includes(text));
}
