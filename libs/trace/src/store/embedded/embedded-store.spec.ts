import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../catalog/db/sqlite/sqlite.js';
import { segmentFile } from '../../journal/codec/format.js';
import type { JsonText, RecordDraft } from '../../model/record.js';
import type { FeedRecord } from '../../model/trace.js';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';
import type { TraceFeed } from '../port.js';
import { openDirectory } from './read-only-store.js';
import { storeContract } from '../../testing/store-contract/store-contract.js';

const dirs: string[] = [];
const stores: { close(): Promise<void> }[] = [];

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  dirs.push(dir);
  return dir;
}

function open(dir: string, options: { maxSegmentBytes?: number } = {}): OpenStore {
  const store = openStore({ dir, ...options });
  stores.push(store);
  return store;
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

let clock = 1_700_000_000_000_000;

function write(store: OpenStore, n: number, { contact = 'ana', text = 'x', end = true } = {}): string {
  const trace = `${store.sink.writer.number}-${n}`;
  const id = `${contact}_${store.sink.writer.number}_${n}`;
  const ts = (clock += 1_000);
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id, traceparent: '', ts },
    { kind: 'identify', trace, id, contact, message: `hola ${text}`, ts },
    { kind: 'event', trace, type: 'step', data: JSON.stringify({ n, text }) as JsonText, ts },
    ...(end ? [{ kind: 'end', trace, status: 'completed', ts } as const] : []),
  ];
  for (const draft of drafts) expect(store.sink.append(draft)).toBe(true);
  return id;
}

async function drain(feed: TraceFeed, from: string | undefined, limit = 7): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for (let after = from; ;) {
    const page = await feed.readAfter(after, { limit });
    all.push(...page.records);
    after = page.position;
    if (page.done) return all;
  }
}

const places = (records: FeedRecord[]): string[] =>
  records.flatMap(({ record }) => ('trace' in record ? [`${record.trace}/${record.seq}`] : []));

const everything = async (store: OpenStore) => ({
  page: await store.list({ limit: 500 }),
  sample: await store.stats.sample({}),
  counts: await store.stats.counts(),
});

/** The content of all files. */
const bytesOf = (dir: string): string =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('the contract, with the catalog in this thread', () => {
  for (const { name, run } of storeContract(() => openStore({ dir: newDir() }))) test(name, run);
});

describe('the catalog', () => {
  test.each([
    ['is deleted', (file: string) => rmSync(file)],
    ['is garbage', (file: string) => writeFileSync(file, 'not a database, whatever it was once')],
    ['is cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5_000))],
    [
      'is damaged inside',
      (file: string) => {
        const bytes = readFileSync(file);
        bytes.fill(0xff, 4_096);
        writeFileSync(file, bytes);
      },
    ],
  ])('that %s is rebuilt, and nothing is lost', async (_, damage) => {
    const dir = newDir();
    const first = open(dir, { maxSegmentBytes: 3_000 });
    for (let n = 1; n <= 40; n += 1) write(first, n, { contact: `c${n % 3}` });
    const before = await everything(first);
    const trace = await first.get(before.page.heads[7]!.traceId);
    await first.close();
    damage(join(dir, 'catalog.db'));
    for (const suffix of ['-wal', '-shm']) rmSync(join(dir, `catalog.db${suffix}`), { force: true });
    const second = open(dir);
    expect(await everything(second)).toEqual(before);
    expect(await second.get(before.page.heads[7]!.traceId)).toEqual(trace);
  });

  test('of a newer version is left unchanged', async () => {
    const dir = newDir();
    const first = open(dir);
    write(first, 1);
    await first.stats.counts();
    await first.close();
    const db = openSqlite(join(dir, 'catalog.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const second = open(dir);
    await expect(second.stats.counts()).rejects.toMatchObject({ code: 'DATA_NEWER' });
    expect((await second.health()).problems.join()).toContain('99');
    await expect(openDirectory(dir)).rejects.toMatchObject({ code: 'DATA_NEWER' });
  });

  test('notices that segments were deleted or replaced', async () => {
    const dir = newDir();
    const first = open(dir, { maxSegmentBytes: 2_000 });
    for (let n = 1; n <= 20; n += 1) write(first, n);
    expect((await first.stats.counts()).total).toBe(20);
    rmSync(join(dir, 'journal', segmentFile(1)));
    expect((await first.stats.counts()).total).toBeLessThan(20);
    await first.close();
    rmSync(join(dir, 'journal'), { recursive: true });
    const second = open(dir);
    write(second, 1, { contact: 'new' });
    expect((await second.list({ limit: 50 })).heads.map(({ contactId }) => contactId)).toEqual(['new']);
  });

  test('is shared: each of two stores shows what both wrote', async () => {
    const dir = newDir();
    const [a, b] = [open(dir), open(dir)];
    for (let n = 1; n <= 30; n += 1) {
      const id = write(n % 2 === 0 ? a : b, n);
      expect((await (n % 3 === 0 ? a : b).get(id))?.records).toHaveLength(4);
    }
    expect(await a.stats.counts()).toEqual({ total: 30, active: 0, errors: 0 });
    expect(await b.list({ limit: 100 })).toEqual(await a.list({ limit: 100 }));
  });

  test('counts an unreadable record, and shows the rest', async () => {
    const dir = newDir();
    const store = open(dir);
    const id = write(store, 1, { text: 'flip-me' });
    const path = join(dir, 'journal', segmentFile(1));
    const bytes = readFileSync(path);
    bytes[bytes.lastIndexOf('flip-me')]! ^= 1;
    writeFileSync(path, bytes);
    expect((await store.get(id))?.records.map(({ kind }) => kind)).toEqual(['open', 'identify', 'end']);
    expect(await store.health()).toMatchObject({ corruptRecords: 1, journal: { segments: 1, lag: 0 }, problems: [] });
  });
});

describe('a trace whose process closed without ending it', () => {
  test('is interrupted at the next start, with the time of its last event', async () => {
    const dir = newDir();
    const first = open(dir);
    const id = write(first, 1, { end: false });
    expect((await first.get(id))?.head.status).toBe('active');
    await first.close();
    const second = open(dir);
    const head = (await second.get(id))!.head;
    expect(head).toMatchObject({ status: 'interrupted', endedAt: head.lastAt });
    expect((await second.list({ status: 'interrupted', limit: 5 })).heads).toHaveLength(1);
  });
});

describe('the feed', () => {
  test('resumes after a restart, and over several processes: nothing missing, nothing twice', async () => {
    const dir = newDir();
    const first = open(dir, { maxSegmentBytes: 2_500 });
    for (let n = 1; n <= 10; n += 1) write(first, n);
    const begun = await drain(first.feed, undefined);
    const other = open(dir);
    write(other, 1, { contact: 'other' });
    const position = begun.at(-4)!.position;
    await first.close();
    const second = open(dir, { maxSegmentBytes: 2_500 });
    for (let n = 1; n <= 10; n += 1) write(second, n);
    write(other, 2, { contact: 'other' });
    const resumed = [...begun.slice(0, -3), ...(await drain(second.feed, position))];
    const all = places(await drain(second.feed, undefined, 1_000));
    expect(places(resumed).sort()).toEqual([...all].sort());
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(4 * 22);
  });

  test('names only segments that still grow', async () => {
    const dir = newDir();
    for (let start = 0; start < 5; start += 1) {
      const store = open(dir);
      write(store, 1);
      await store.close();
    }
    const store = open(dir);
    write(store, 1);
    expect(await store.feed.head()).toMatch(/^6\.\d+$/);
    expect((await drain(store.feed, undefined, 5)).at(-1)!.position).toBe(await store.feed.head());
  });

  test('refuses a position of another directory, and skips pruned records', async () => {
    const dir = newDir();
    const store = open(dir, { maxSegmentBytes: 2_000 });
    for (let n = 1; n <= 20; n += 1) write(store, n);
    for (const bad of ['7.', '1.5', '900.10', '2.1~1.1', '1.99999999']) {
      await expect(store.feed.readAfter(bad, { limit: 1 })).rejects.toMatchObject({ code: 'BAD_POSITION' });
    }
    const early = (await store.feed.readAfter(undefined, { limit: 3 })).position;
    for (const n of [1, 2]) rmSync(join(dir, 'journal', segmentFile(n)));
    const rest = await drain(store.feed, early);
    expect(places(rest)).toEqual(places(await drain(store.feed, undefined)));
    expect(rest.length).toBeGreaterThan(0);
  });

  test('includes records of other stores', async () => {
    const dir = newDir();
    const [a, b] = [open(dir), open(dir)];
    write(b, 1);
    const alive = setInterval(() => undefined, 1_000);
    const heard = new Promise<void>((resolve) => a.feed.onMore(resolve));
    write(b, 2);
    await heard;
    clearInterval(alive);
  });
});

describe('deleting', () => {
  test('an erased contact is in no byte of the directory', async () => {
    const dir = newDir();
    const store = open(dir, { maxSegmentBytes: 4_000 });
    for (let n = 1; n <= 30; n += 1) {
      write(store, n, n % 3 === 0 ? { contact: 'contact-4711', text: 'top-secret-text' } : { contact: `other-${n}` });
      if (n % 10 === 0) await store.stats.counts();
    }
    write(store, 99, { contact: 'other-99', text: 'forwarded by contact-4711' });
    await store.stats.counts();
    expect(bytesOf(dir)).toContain('contact-4711');
    expect(await store.admin.erase('contact-4711')).toEqual({ removed: 10, pending: 0 });
    expect(bytesOf(dir)).not.toContain('contact-4711');
    expect(bytesOf(dir)).not.toContain('top-secret-text');
    expect(await store.stats.counts()).toEqual({ total: 21, active: 0, errors: 0 });
    expect((await store.search({ q: 'forwarded by ****', limit: 5 })).heads).toHaveLength(1);
    expect((await store.health()).corruptRecords).toBe(0);
    await store.close();
    rmSync(join(dir, 'catalog.db'));
    expect(await open(dir).stats.counts()).toEqual({ total: 21, active: 0, errors: 0 });
  });

  test('clearing deletes the files, keeps active traces, and is still complete after a rebuild', async () => {
    const dir = newDir();
    const store = open(dir, { maxSegmentBytes: 3_000 });
    for (let n = 1; n <= 30; n += 1) write(store, n);
    const active = write(store, 31, { end: false });
    const other = open(dir);
    write(other, 1, { contact: 'elsewhere' });
    const begin = await store.feed.head();
    expect(await store.admin.clear({ keepErrors: false })).toEqual({ removed: 31 });
    expect(await store.stats.counts()).toEqual({ total: 1, active: 1, errors: 0 });
    expect(places(await drain(store.feed, begin))).toEqual([]);
    const key = `${store.sink.writer.number}-31`;
    expect(store.sink.append({ kind: 'end', trace: key, status: 'completed', ts: (clock += 1) })).toBe(true);
    const ended = await store.get(active);
    expect(ended?.records.map(({ kind }) => kind)).toEqual(['open', 'identify', 'event', 'end']);
    await store.close();
    for (const name of readdirSync(dir)) if (name.startsWith('catalog')) rmSync(join(dir, name));
    const rebuilt = open(dir);
    expect(await rebuilt.list({ limit: 10 })).toMatchObject({
      heads: [{ traceId: active, status: 'completed' }],
      next: null,
    });
    expect(await rebuilt.get(active)).toEqual(ended);
    expect(readdirSync(join(dir, 'journal')).length).toBeLessThanOrEqual(4);
  });

  test('a clear that was interrupted after its commit is finished at the next start', async () => {
    const dir = newDir();
    const store = open(dir);
    write(store, 1);
    const active = write(store, 2, { end: false });
    await store.stats.counts();
    const spared = join(newDir(), 'old');
    copyFileSync(join(dir, 'journal', segmentFile(1)), spared);
    await store.admin.clear({ keepErrors: false });
    await store.close();
    // As if the process had died before it renamed its copy and deleted the original.
    const kept = readdirSync(join(dir, 'journal')).find((name) => name.includes('kept'))!;
    const path = join(dir, 'journal', kept);
    copyFileSync(path, `${path}.tmp`);
    writeFileSync(path, '');
    copyFileSync(spared, join(dir, 'journal', segmentFile(1)));
    const db = openSqlite(join(dir, 'catalog.db'));
    db.exec("INSERT INTO segments VALUES (1, 0, '', 0, 0, '{}', 0, 0, 0, '', 0, 1)");
    db.close();
    const next = open(dir);
    expect((await next.list({ limit: 10 })).heads.map(({ traceId }) => traceId)).toEqual([active]);
    expect((await next.get(active))?.records.map(({ kind }) => kind)).toEqual(['open', 'identify', 'event', 'end']);
    expect(readdirSync(join(dir, 'journal'))).not.toContain(segmentFile(1));
    expect(statSync(path).size).toBeGreaterThan(0);
  });
});

describe('a directory without its application', () => {
  test('is read as it is, with its unindexed tail, and not changed', async () => {
    const dir = newDir();
    const store = open(dir);
    const id = write(store, 1);
    await store.stats.counts();
    const tail = write(store, 2);
    const look = (): unknown => readdirSync(dir, { recursive: true }).sort();
    const before = look();
    const reading = await openDirectory(dir);
    stores.push(reading);
    expect((await reading.list({ limit: 10 })).heads.map(({ traceId }) => traceId)).toEqual([tail, id]);
    expect(await reading.get(tail)).toEqual(await store.get(tail));
    expect(look()).toEqual(before);
    const later = write(store, 3);
    expect((await reading.get(later))?.records).toHaveLength(4);
    expect(places(await drain(reading.feed, undefined))).toHaveLength(12);
    expect('admin' in reading).toBe(false);
  });

  test('is read without a catalog, and where nothing can be written', async () => {
    const dir = newDir();
    const store = open(dir);
    const id = write(store, 1, { end: false });
    await store.close();
    expect(existsSync(join(dir, 'catalog.db'))).toBe(false);
    chmodSync(dir, 0o500);
    const reading = await openDirectory(dir);
    stores.push(reading);
    expect((await reading.get(id))?.head.status).toBe('interrupted');
    expect(await reading.health()).toMatchObject({ problems: [], journal: { segments: 1, lag: 0 } });
    chmodSync(dir, 0o700);
  });

  test('without traces, or with newer ones, is refused with a code', async () => {
    const dir = newDir();
    await expect(openDirectory(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'NO_DIRECTORY' });
    await expect(openDirectory(dir)).rejects.toMatchObject({ code: 'NO_DIRECTORY' });
    mkdirSync(join(dir, 'journal'));
    const reading = await openDirectory(dir);
    stores.push(reading);
    expect(await reading.stats.counts()).toEqual({ total: 0, active: 0, errors: 0 });
  });
});
