import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { CatalogClient } from '../../catalog-worker/client.js';
import type { CatalogDb } from '../../catalog/db/catalog-db.js';
import { deadWriters } from '../../maintenance/interrupted.js';
import { removeCatalog } from '../../catalog/db/schema.js';
import type { JsonText } from '../../model/record.js';
import { SegmentReader } from '../../journal/read/reader.js';
import { listSegments } from '../../journal/read/segments.js';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';
import { openDirectory } from './read-only-store.js';
import { storeContract } from '../../testing/store-contract/store-contract.js';

/**
 * A worker and a child process need JavaScript: the folders they use are compiled into a temporary directory, so that
 * these specs test the current source and need no build.
 */
const source = join(import.meta.dirname, '../..');
const built = mkdtempSync(join(tmpdir(), 'trace-built-'));
const workerUrl = pathToFileURL(join(built, 'catalog-worker', 'worker.js'));
const dirs: string[] = [];

beforeAll(() => {
  for (const room of ['model', 'journal', 'pipeline', 'catalog', 'maintenance', 'catalog-worker', 'store']) {
    if (existsSync(join(source, room))) compile(room);
  }
  writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  symlinkSync(join(source, '../../../node_modules'), join(built, 'node_modules'));
});

function compile(folder: string): void {
  mkdirSync(join(built, folder));
  for (const entry of readdirSync(join(source, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compile(path);
    else if (path.endsWith('.ts') && !path.endsWith('.spec.ts')) {
      const { code } = transformSync(readFileSync(join(source, path), 'utf8'), {
        jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
        module: { type: 'es6' },
      });
      writeFileSync(join(built, path.replace(/ts$/, 'js')), code);
    }
  }
}

afterAll(() => rmSync(built, { recursive: true, force: true }));

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'store-'));
  dirs.push(dir);
  return dir;
}

describe('the contract, with the catalog in a worker', () => {
  for (const { name, run } of storeContract(() => openStore({ dir: newDir(), workerUrl }))) test(name, run);
});

describe('the worker', () => {
  test('that dies fails its query with a code, and is replaced', async () => {
    const dir = newDir();
    const broken = join(built, `broken-${Date.now()}.mjs`);
    writeFileSync(broken, 'throw new Error("not today")');
    const store = openStore({ dir, workerUrl: pathToFileURL(broken) });
    await expect(store.stats.counts()).rejects.toMatchObject({ code: 'CATALOG_UNAVAILABLE' });
    expect((await store.health()).problems.join()).toContain('not today');
    writeFileSync(broken, `import ${JSON.stringify(workerUrl.href)}`);
    for (;;) {
      const counts = await store.stats.counts().catch(() => undefined);
      if (counts) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await store.close();
    await expect(store.stats.counts()).rejects.toMatchObject({ code: 'CATALOG_UNAVAILABLE' });
  });
});

describe('a worker that hangs', () => {
  test('reports the progress of a long index build, and its end', async () => {
    const dir = newDir();
    const before = openStore({ dir, workerUrl });
    for (let n = 1; n <= 20_000; n += 1) {
      const trace = `${before.sink.writer.number}-${n}`;
      before.sink.append({ kind: 'open', ts: n, trace, id: `c_${n}`, traceparent: '', method: 'POST', path: '/' });
    }
    await before.close();
    removeCatalog(join(dir, 'catalog.db'));
    const lags: number[] = [];
    let store: OpenStore;
    await new Promise<void>((resolve) => {
      const onIndexProgress = ({ lag }: { lag: number }): void => {
        lags.push(lag);
        if (lag === 0) resolve();
      };
      store = openStore({ dir, workerUrl, onIndexProgress, reportMs: 1 });
    });
    await store!.close();
    expect(lags.length).toBeGreaterThan(1);
    expect(lags).toEqual([...lags].sort((a, b) => b - a));
  });

  test('is terminated when it leaves a query waiting, and replaced by one that answers', async () => {
    const dir = newDir();
    const hanging = join(built, 'hanging.mjs');
    const marker = join(dir, 'hung-before');
    writeFileSync(
      hanging,
      `import { existsSync, writeFileSync } from 'node:fs';
       import { parentPort } from 'node:worker_threads';
       if (existsSync(${JSON.stringify(marker)})) await import(${JSON.stringify(workerUrl.href)});
       else {
         writeFileSync(${JSON.stringify(marker)}, '');
         parentPort.on('message', () => { for (;;); });
       }`,
    );
    const client = new CatalogClient({ dir, worker: pathToFileURL(hanging), timeoutMs: 2_000 });
    const [one, two] = await Promise.allSettled([client.ask('counts'), client.ask('counts')]);
    for (const result of [one, two]) expect(result).toMatchObject({ reason: { code: 'CATALOG_UNAVAILABLE' } });
    for (;;) {
      const counts = await client.ask('counts').catch(() => undefined);
      if (counts) {
        expect(counts).toEqual({ total: 0, active: 0, errors: 0 });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await client.close();
  });
});

describe('a record of millions of small values', () => {
  test('does not kill the worker: its payload is not decoded', async () => {
    const store = openStore({ dir: newDir(), workerUrl });
    const { sink } = store;
    const data = `[${'[],'.repeat(2_700_000)}0]` as JsonText;
    for (const n of [0, 1, 2]) {
      const trace = `${sink.writer.number}-${n}`;
      sink.append({ kind: 'open', trace, id: `t${n}`, traceparent: '', ts: n + 1 });
      sink.append({ kind: 'event', trace, type: 'message_sent', data, ts: n + 1 });
      sink.append({ kind: 'end', trace, status: 'completed', ts: n + 1 });
    }
    expect(await store.stats.counts()).toEqual({ total: 3, active: 0, errors: 0 });
    expect(await store.health()).toMatchObject({ corruptRecords: 0, journal: { lag: 0 } });
    await store.close();
  });
});

/** Writes traces until it is killed; prints after each append which trace is kept. */
const CHILD = `
import { writeSync } from 'node:fs';
import { openLocalJournal } from './store/embedded/embedded-store.js';
const options = { dir: process.argv[2], maxSegmentBytes: Number(process.argv[3]) };
const { writer: sink } = openLocalJournal(options);
const pad = 'x'.repeat(1_500);
for (let n = 1; ; n += 1) {
  const trace = sink.writer.number + '-' + n;
  const ts = Date.now() * 1000 + n % 1000;
  const id = 'c' + n + '_' + sink.writer.number + '_' + n;
  const kept =
    sink.append({ kind: 'open', trace, id, traceparent: '', ts }) &&
    sink.append({ kind: 'identify', trace, id, contact: 'c' + n, message: 'hola', ts }) &&
    sink.append({ kind: 'event', trace, type: 'step', data: JSON.stringify({ n, pad }), ts }) &&
    (n % 2 === 1 || sink.append({ kind: 'end', trace, status: 'completed', ts }));
  if (kept) print(sink.writer.number + ' ' + n + '\\n');
}
// The pipe is full while a busy reader waits for its turn.
function print(line) {
  for (;;) {
    try {
      return void writeSync(1, line);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
`;

/** Kills it once it has kept `after` traces, and not before `seen` returns true. */
async function writeUntilKilled(
  dir: string,
  after: number,
  seen = (): boolean => true,
  maxSegmentBytes = 200_000,
): Promise<{ boot: string; last: number }> {
  const script = join(built, 'child.mjs');
  writeFileSync(script, CHILD);
  const child = spawn(process.execPath, [script, dir, String(maxSegmentBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let boot = '';
  let last = 0;
  for await (const line of createInterface(child.stdout)) {
    const [its, n] = line.split(' ');
    boot = its!;
    last = Number(n);
    if (last >= after && seen()) child.kill('SIGKILL');
  }
  await exited;
  return { boot, last };
}

describe('two stores with workers of their own', () => {
  test('index one directory at once, and neither loses or doubles anything', async () => {
    const dir = newDir();
    const stores = [1, 2].map(() => openStore({ dir, workerUrl, maxSegmentBytes: 20_000 }));
    for (let n = 1; n <= 200; n += 1) {
      for (const [i, { sink }] of stores.entries()) {
        const trace = `${sink.writer.number}-${n}`;
        sink.append({ kind: 'open', trace, id: `${i}_${n}`, traceparent: '', ts: n });
        sink.append({ kind: 'event', trace, type: 'step', ts: n });
        sink.append({ kind: 'end', trace, status: 'completed', ts: n });
      }
      if (n % 20 === 0) await Promise.all(stores.map((store) => store.stats.counts()));
    }
    for (const store of stores) {
      expect(await store.stats.counts()).toEqual({ total: 400, active: 0, errors: 0 });
      const { heads } = await store.list({ limit: 500 });
      expect(heads.every(({ events }) => events === 1)).toBe(true);
      expect(await store.health()).toMatchObject({ problems: [], corruptRecords: 0, journal: { lag: 0 } });
    }
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('kill -9', () => {
  test('of several writers loses no acknowledged record, and marks running traces as interrupted', async () => {
    const dir = newDir();
    const killed = await Promise.all([150, 220, 300].map((after) => writeUntilKilled(dir, after)));
    const events = new Map<string, Set<number>>();
    let corrupt = 0;
    for (const { path } of listSegments(dir)) {
      const reader = new SegmentReader(path);
      for (let located = reader.next(); located; located = reader.next()) {
        if (located.record.kind !== 'event') continue;
        const [boot] = located.record.trace.split('-') as [string];
        const seen = events.get(boot) ?? new Set();
        events.set(boot, seen.add((located.record.data as { n: number }).n));
      }
      corrupt += reader.corrupt;
      reader.close();
    }
    expect(corrupt).toBe(0);
    for (const { boot, last } of killed) {
      const missing = Array.from({ length: last }, (_, i) => i + 1).filter((n) => !events.get(boot)?.has(n));
      expect({ boot, missing }).toEqual({ boot, missing: [] });
    }

    const reading = await openDirectory(dir);
    const before = await reading.stats.counts();
    await reading.close();
    expect(before.active).toBe(0);
    const store = openStore({ dir, workerUrl });
    expect(await store.stats.counts()).toEqual(before);
    for (const { boot, last } of killed) {
      const n = last % 2 === 1 ? last : last - 1;
      const stored = await store.get(`c${n}_${boot}_${n}`);
      expect(stored?.head).toMatchObject({ status: 'interrupted', events: 2 });
      expect(stored!.head.endedAt! - stored!.head.lastAt).toBeLessThanOrEqual(1);
      expect((await store.get(`c${n - 1}_${boot}_${n - 1}`))?.head.status).toBe('completed');
    }
    await store.close();
  });

  test('is noticed by a store that runs meanwhile, which reads the writer before and after', async () => {
    const dir = newDir();
    const store = openStore({ dir, workerUrl });
    let seen = false;
    const child = writeUntilKilled(dir, 100, () => seen);
    for (;;) {
      const { active, total } = await store.stats.counts();
      if (total > 0) {
        expect(active).toBeGreaterThan(0);
        seen = true;
        break;
      }
    }
    const { boot, last } = await child;
    const n = last % 2 === 1 ? last : last - 1;
    for (;;) {
      const { active } = await store.stats.counts();
      if (active === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await store.get(`c${n}_${boot}_${n}`))?.head.status).toBe('interrupted');
    await store.close();
  });

  test('is not reported where there was none, however often a writer starts a new segment', async () => {
    const dir = newDir();
    let looks = 0;
    const writing = writeUntilKilled(dir, 1_000, () => looks >= 2_000, 2_000);
    while (listSegments(dir).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const db = { all: () => [{ boot: 1 }] } as unknown as CatalogDb;
    const dead: number[] = [];
    for (; looks < 2_000; looks += 1) {
      dead.push(...deadWriters(db, dir));
      // A short list is a quick check, and a quick check meets the moment.
      for (const { path, number } of listSegments(dir).slice(0, -2)) if (number > 1) rmSync(path);
    }
    expect(dead).toEqual([]);
    await writing;
  });
});
