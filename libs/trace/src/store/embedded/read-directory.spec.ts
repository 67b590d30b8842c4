import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';
import { WASM } from '../../../../../test/support/wasm.js';
import { CatalogDb } from '../../catalog/db/catalog-db.js';
import { sqliteInUse, useSqlite } from '../../catalog/db/sqlite/sqlite.js';
import type { JsonText, RecordDraft } from '../../model/record.js';
import { openDirectory } from './read-only-store.js';

const roots: string[] = [];
const open: { close(): Promise<void> }[] = [];
const cacheHome = process.env['XDG_CACHE_HOME'];
const tmpHome = process.env['TMPDIR'];
let cache: string;
let tmp: string;

beforeEach(() => {
  useSqlite({ ...sqliteInUse()?.source, wasm: WASM });
  [cache, tmp] = [newDir(), newDir()];
  process.env['XDG_CACHE_HOME'] = cache;
  process.env['TMPDIR'] = tmp;
});

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  useSqlite(undefined);
  setOrDelete('XDG_CACHE_HOME', cacheHome);
  setOrDelete('TMPDIR', tmpHome);
  for (const root of roots.splice(0)) {
    if (existsSync(root)) chmodSync(root, 0o700);
    rmSync(root, { recursive: true, force: true });
  }
});

function setOrDelete(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function newDir(): string {
  const dir = mkdtempSync(join(tmpHome ?? tmpdir(), 'read-directory-'));
  roots.push(dir);
  return dir;
}

function application(dir: string): OpenStore {
  const store = openStore({ dir, maxSegmentBytes: 20_000 });
  open.push(store);
  return store;
}

async function read(dir: string): Promise<Awaited<ReturnType<typeof openDirectory>>> {
  const reading = await openDirectory(dir);
  open.push(reading);
  return reading;
}

/** One command of the command line: opens, asks, closes. */
async function command(dir: string): Promise<{ total: number; problems: string[] }> {
  const reading = await openDirectory(dir);
  try {
    return { total: (await reading.stats.counts()).total, problems: reading.problems };
  } finally {
    await reading.close();
  }
}

let clock = 1_700_000_000_000_000;
let number = 0;

function write(store: OpenStore, contact = 'ana', filler = ''): string {
  number += 1;
  const trace = `${store.sink.writer.number}-${number}`;
  const id = `${contact}_${number}`;
  const ts = (clock += 1_000);
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id, traceparent: '', ts },
    { kind: 'identify', trace, id, contact, message: `hola de ${contact}`, ts },
    { kind: 'event', trace, type: 'step', data: JSON.stringify({ filler }) as JsonText, ts },
    { kind: 'end', trace, status: 'completed', ts },
  ];
  for (const draft of drafts) expect(store.sink.append(draft)).toBe(true);
  return id;
}

/** Everything below a folder: names, modes, times and bytes. */
function state(dir: string): Record<string, unknown> {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    all.map((name) => {
      const { mode, mtimeMs, size, ino } = statSync(join(dir, name));
      return [name, { mode, mtimeMs, size, ino }];
    }),
  );
}

const cached = (): string => join(cache, 'nestjs-trace-collector');

function textsBelow(dir: string): string {
  if (!existsSync(dir)) return '';
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name));
  return all.flatMap((path) => (lstatSync(path).isFile() ? [readFileSync(path, 'latin1')] : [])).join('\n');
}

/** A directory that an application has written and left, without its catalog. */
async function withoutCatalog(contacts: string[]): Promise<string> {
  const dir = newDir();
  const store = application(dir);
  for (const contact of contacts) write(store, contact);
  await store.stats.counts();
  await store.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `catalog.db${suffix}`), { force: true });
  return dir;
}

const NAMES = Array.from({ length: 40 }, (_, n) => `persona${n}`);
const itWithFile = sqliteInUse()?.name.includes('wasm') ? it.skip : it;

describe('with the catalog of an application', () => {
  itWithFile('reads it where it is, with what it lacks, and writes nothing anywhere', async () => {
    const dir = newDir();
    const store = application(dir);
    const ids = NAMES.map((name) => write(store, name));
    await store.stats.counts();
    const tail = write(store, 'tail');
    const before = state(dir);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['catalog.db', 'catalog.db-wal', 'catalog.db-shm']));
    const reading = await read(dir);
    expect((await reading.list({ limit: 100 })).heads.map(({ traceId }) => traceId)).toEqual([...ids, tail].reverse());
    expect((await reading.get(tail))?.records).toHaveLength(4);
    await reading.close();
    expect(state(dir)).toEqual(before);
    expect(readdirSync(cache)).toEqual([]);
    expect(readdirSync(tmp)).toEqual([]);
  });

  itWithFile('answers right while checkpoints overwrite pages that it reads', async () => {
    const dir = newDir();
    const store = application(dir);
    for (let n = 0; n < 300; n += 1) write(store, `c${n % 7}`);
    await store.stats.counts();
    const reading = await read(dir);
    const other = new CatalogDb(join(dir, 'catalog.db'));
    let total = 300;
    for (let round = 0; round < 20; round += 1) {
      for (let n = 0; n < 10; n += 1) write(store, `c${n % 7}`, 'x'.repeat(500));
      total += 10;
      await store.stats.counts();
      other.get('settle');
      expect((await reading.stats.counts()).total).toBe(total);
      expect((await reading.list({ contactId: 'c3', limit: 500 })).heads).toHaveLength(43 - 1 + (round + 1) + 1);
    }
    other.close();
    expect(await reading.health()).toMatchObject({ problems: [] });
  });

  itWithFile('reads the log that a killed application left', async () => {
    const dir = newDir();
    const store = application(dir);
    for (const name of NAMES) write(store, name);
    await store.stats.counts();
    const left = newDir();
    mkdirSync(join(left, 'journal'));
    for (const name of readdirSync(join(dir, 'journal')))
      copyFileSync(join(dir, 'journal', name), join(left, 'journal', name));
    for (const suffix of ['', '-wal'])
      copyFileSync(join(dir, `catalog.db${suffix}`), join(left, `catalog.db${suffix}`));
    const before = state(left);
    expect(await command(left)).toEqual({ total: 40, problems: [] });
    expect(state(left)).toEqual(before);
    expect(readdirSync(cache)).toEqual([]);
  });

  itWithFile('whose page is damaged, reads the journal and says so', async () => {
    const dir = newDir();
    const store = application(dir);
    for (let n = 0; n < 300; n += 1) write(store, `c${n % 7}`);
    await store.stats.counts();
    await store.close();
    const file = join(dir, 'catalog.db');
    // Pages in the log would replace the damaged ones.
    const settled = new CatalogDb(file);
    settled.get('settle');
    settled.close();
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    const fd = openSync(file, 'r+');
    for (let page = 1; page < statSync(file).size / 4096; page += 1)
      writeSync(fd, Buffer.alloc(64, 0xff), 0, 64, page * 4096);
    closeSync(fd);
    const { total, problems } = await command(dir);
    expect(total).toBe(300);
    expect(problems.join()).toMatch(/is not used: .*The journal is read instead/);
  });
});

describe('without a catalog', () => {
  it('builds an index once, private, and later commands read it', async () => {
    const dir = await withoutCatalog(NAMES);
    const before = state(dir);
    expect(await command(dir)).toEqual({ total: 40, problems: [] });
    expect(state(dir)).toEqual(before);
    const [entry] = readdirSync(cached()).map((name) => join(cached(), name));
    const built = statSync(join(entry!, 'catalog.db'));
    expect([statSync(cached()).mode & 0o777, statSync(entry!).mode & 0o777, built.mode & 0o777]).toEqual([
      0o700, 0o700, 0o600,
    ]);
    expect(await command(dir)).toEqual({ total: 40, problems: [] });
    const now = statSync(join(entry!, 'catalog.db'));
    expect([now.ino, now.mtimeMs]).toEqual([built.ino, built.mtimeMs]);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('shows what is written later, and stores it when it is much', async () => {
    const dir = await withoutCatalog(NAMES);
    await command(dir);
    const [entry] = readdirSync(cached()).map((name) => join(cached(), name));
    const built = statSync(join(entry!, 'catalog.db'));
    useSqlite({ wasm: WASM, onlyWasm: true });
    const store = application(dir);
    write(store, 'later');
    expect((await command(dir)).total).toBe(41);
    for (let n = 0; n < 3_000; n += 1) write(store, `many${n}`, 'x'.repeat(100));
    expect((await command(dir)).total).toBe(3_041);
    expect(readdirSync(entry!)).toEqual(expect.not.arrayContaining(['lock']));
    const stored = statSync(join(entry!, 'catalog.db'));
    expect([stored.ino, stored.size > built.size || existsSync(join(entry!, 'catalog.db-wal'))]).toEqual([
      built.ino,
      true,
    ]);
    expect((await command(dir)).total).toBe(3_041);
    expect((await command(dir)).problems).toEqual([]);
  });

  it('deletes an index from which the application has erased a person', async () => {
    const dir = await withoutCatalog([...NAMES, 'secreta', ...NAMES]);
    await command(dir);
    expect(textsBelow(cached())).toContain('secreta');
    const store = application(dir);
    expect(await store.admin.erase('secreta')).toEqual({ removed: 1, pending: 0 });
    await store.close();
    expect((await command(dir)).total).toBe(80);
    expect(textsBelow(cached())).not.toContain('secreta');
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(dir, `catalog.db${suffix}`), { force: true });
    expect((await command(dir)).total).toBe(80);
    expect(textsBelow(cached())).not.toContain('secreta');
  });

  it('deletes an index from which a person was erased in the segment that is still written', async () => {
    const dir = newDir();
    useSqlite({ wasm: WASM, onlyWasm: true });
    const store = application(dir);
    write(store, 'secreta');
    write(store, 'ana');
    expect((await command(dir)).total).toBe(2);
    expect(textsBelow(cached())).toContain('secreta');
    await store.admin.erase('secreta');
    write(store, 'eva');
    expect((await command(dir)).total).toBe(2);
    expect(textsBelow(cached())).not.toContain('secreta');
  });

  it('has no text of cleared traces', async () => {
    const dir = newDir();
    useSqlite({ wasm: WASM, onlyWasm: true });
    const store = application(dir);
    for (let n = 0; n < 400; n += 1) write(store, `viejo${n}`);
    expect((await command(dir)).total).toBe(400);
    await store.admin.clear({ keepErrors: false });
    write(store, 'nuevo');
    expect((await command(dir)).total).toBe(1);
    expect(textsBelow(cached())).not.toContain('viejo');
  });

  it('takes deleted segments out of the kept index, also from its free pages', async () => {
    const dir = await withoutCatalog(Array.from({ length: 400 }, (_, n) => `persona${n}x`));
    await command(dir);
    const first = join(dir, 'journal', readdirSync(join(dir, 'journal')).sort()[0]!);
    expect(readFileSync(first, 'latin1')).toContain('persona1x');
    rmSync(first);
    expect((await command(dir)).total).toBeLessThan(400);
    expect(textsBelow(cached())).not.toContain('persona1x');
    expect(textsBelow(cached())).toContain('persona399x');
  });

  it.each([
    ['is cut', (file: string) => execFileSync('truncate', ['-s', '5000', file])],
    ['is empty', (file: string) => execFileSync('truncate', ['-s', '0', file])],
    ['has damaged pages', (file: string) => damage(file)],
    ['is a directory', (file: string) => (rmSync(file), mkdirSync(file))],
  ])('builds the index anew when the kept one %s', async (_, spoil) => {
    const dir = await withoutCatalog(NAMES);
    await command(dir);
    const [entry] = readdirSync(cached()).map((name) => join(cached(), name));
    spoil(join(entry!, 'catalog.db'));
    expect((await command(dir)).total).toBe(40);
    expect((await command(dir)).total).toBe(40);
  });

  function damage(file: string): void {
    const fd = openSync(file, 'r+');
    for (let page = 1; page < statSync(file).size / 4096; page += 1)
      writeSync(fd, Buffer.alloc(64, 0xff), 0, 64, page * 4096);
    closeSync(fd);
  }

  it('builds a temporary index where the cache folder cannot be used', async () => {
    const dir = await withoutCatalog(NAMES);
    process.env['XDG_CACHE_HOME'] = join(cache, 'file');
    closeSync(openSync(join(cache, 'file'), 'w'));
    expect(await command(dir)).toEqual({ total: 40, problems: [] });
    expect(await command(dir)).toEqual({ total: 40, problems: [] });
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('builds once more for a directory that was replaced', async () => {
    const dir = await withoutCatalog(NAMES);
    const other = await withoutCatalog(['otra']);
    await command(dir);
    renameSync(dir, `${dir}-old`);
    roots.push(`${dir}-old`);
    renameSync(other, dir);
    expect((await command(dir)).total).toBe(1);
    expect((await command(dir)).total).toBe(1);
  });

  it('lets several commands build at once', async () => {
    const dir = await withoutCatalog(NAMES);
    const all = await Promise.all(Array.from({ length: 4 }, () => command(dir)));
    expect(all.map(({ total }) => total)).toEqual([40, 40, 40, 40]);
    expect(readdirSync(cached())).toHaveLength(1);
    expect((await command(dir)).total).toBe(40);
  });

  itWithFile('deletes the kept index once the application has a catalog', async () => {
    const dir = await withoutCatalog(NAMES);
    await command(dir);
    expect(readdirSync(cached())).toHaveLength(1);
    const store = application(dir);
    await store.stats.counts();
    expect((await command(dir)).total).toBe(40);
    expect(readdirSync(cached())).toEqual([]);
  });

  it('deletes kept indexes of directories that are gone', async () => {
    const dir = await withoutCatalog(NAMES);
    const other = await withoutCatalog(['otra']);
    await command(dir);
    rmSync(dir, { recursive: true });
    await command(other);
    expect(readdirSync(cached())).toHaveLength(1);
    expect(textsBelow(cached())).not.toContain('persona1');
  });
});
