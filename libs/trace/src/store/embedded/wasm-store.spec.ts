import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASM } from '../../../../../test/support/wasm.js';
import { MaintainedCatalog } from '../../catalog-worker/maintained-catalog.js';
import { useSqlite, WASM_NAME } from '../../catalog/db/sqlite/sqlite.js';
import type { JsonText, RecordDraft } from '../../model/record.js';
import { segmentBytesFor } from '../../maintenance/retention/retention-policy.js';
import { openStore, type OpenStore } from '../../../../../test/support/open-store.js';
import type { LocalJournalOptions } from './embedded-store.js';
import { openDirectory } from './read-only-store.js';
import { storeContract } from '../../testing/store-contract/store-contract.js';

const dirs: string[] = [];
const stores: { close(): Promise<void> }[] = [];

beforeAll(() => useSqlite({ wasm: WASM, onlyWasm: true }));
afterAll(() => useSqlite(undefined));

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wasm-store-'));
  dirs.push(dir);
  return dir;
}

type Options = Omit<LocalJournalOptions, 'dir'>;

function open(dir: string, options: Options = {}): OpenStore {
  const store = openStore({ dir, ...options });
  stores.push(store);
  return store;
}

let clock = 1_700_000_000_000_000;

function write(
  store: OpenStore,
  n: number,
  { contact = 'ana', end = true, filler = '', status = 'completed' as 'completed' | 'error' } = {},
): string {
  const trace = `${store.sink.writer.number}-${n}`;
  const id = `${contact}_${store.sink.writer.number}_${n}`;
  const ts = (clock += 1_000);
  const drafts: RecordDraft[] = [
    { kind: 'open', trace, id, traceparent: '', ts },
    { kind: 'identify', trace, id, contact, message: `hola de ${contact}`, ts },
    { kind: 'event', trace, type: 'step', data: JSON.stringify({ n, filler }) as JsonText, ts },
    ...(end ? [{ kind: 'end', trace, status, ts } as const] : []),
  ];
  for (const draft of drafts) expect(store.sink.append(draft)).toBe(true);
  return id;
}

const idsOf = async (store: Pick<OpenStore, 'list'>): Promise<string[]> =>
  (await store.list({ limit: 500 })).heads.map(({ traceId }) => traceId).sort();

describe('the contract, with an index in memory', () => {
  for (const { name, run } of storeContract(() => openStore({ dir: newDir() }))) test(name, run);
});

describe('processes with an index each', () => {
  test('show what another one cleared and erased, in closed segments and in those being written', async () => {
    const dir = newDir();
    const [first, second] = [open(dir, { maxSegmentBytes: 4_000 }), open(dir, { maxSegmentBytes: 4_000 })];
    for (let n = 1; n <= 20; n += 1) write(n % 2 ? first : second, n, { contact: n % 3 ? 'ana' : 'eva' });
    const before = await idsOf(first);
    expect(before).toHaveLength(20);
    expect(await idsOf(second)).toEqual(before);

    expect(await first.admin.erase('eva')).toEqual({ removed: 6, pending: 0 });
    expect(await idsOf(second)).toEqual(before.filter((id) => !id.startsWith('eva')));
    expect(await idsOf(first)).toEqual(await idsOf(second));

    expect(await second.admin.clear({ keepErrors: false })).toEqual({ removed: 14 });
    expect(await idsOf(first)).toEqual([]);
    for (const store of [first, second]) {
      expect(await store.health()).toMatchObject({ problems: [], journal: { sqlite: WASM_NAME } });
    }
  });

  test('erase what an active trace of another process writes later', async () => {
    const dir = newDir();
    const [first, second] = [open(dir), open(dir)];
    write(first, 1, { contact: 'eva', end: false });
    await second.admin.erase('eva');
    first.sink.append({
      kind: 'end',
      trace: `${first.sink.writer.number}-1`,
      status: 'completed',
      ts: (clock += 1_000),
    });
    expect(await idsOf(first)).toEqual([]);
    expect(await idsOf(second)).toEqual([]);
    expect(await idsOf(open(dir))).toEqual([]);
  });

  test('prune and copy forward one after the other, and end with the same index', async () => {
    const dir = newDir();
    const retention = { maxAgeMs: 1e15, errorMaxAgeMs: 1e15, maxBytes: 400_000 };
    const writers = [1, 2].map(() => openStore({ dir, maxSegmentBytes: segmentBytesFor(retention) / 4 }));
    const filler = 'x'.repeat(10_000);
    const failed: string[] = [];
    for (let n = 1; n <= 150; n += 1) {
      const id = write(writers[n % 2]!, n, { filler, status: n % 30 === 0 ? 'error' : 'completed' });
      if (n % 30 === 0) failed.push(id);
    }
    for (const writer of writers) await writer.close();

    const catalogs = [1, 2].map(() => new MaintainedCatalog({ dir, retention }));
    while (catalogs.map((catalog) => catalog.turn(20)).includes(false));
    const [first, second] = catalogs.map((catalog) => catalog.queries.list({}, 500, undefined).heads);
    expect(second).toEqual(first);
    expect(first!.map(({ traceId }) => traceId)).toEqual(expect.arrayContaining(failed));
    expect(first!.length).toBeLessThan(60);
    expect(first!.every(({ events }) => events === first![0]!.events)).toBe(true);
    const rebuilt = new MaintainedCatalog({ dir, readOnly: true });
    rebuilt.queries.catchUp();
    expect(rebuilt.queries.list({}, 500, undefined).heads).toEqual(first);
    for (const catalog of [...catalogs, rebuilt]) {
      expect(catalog.queries.state().problems).toEqual([]);
      catalog.close();
    }
    expect(readdirSync(dir).sort()).toEqual(['.gitignore', 'catalog.db.changes', 'journal']);
  });
});

test('a directory is read with an index in memory, and stays unchanged', async () => {
  const dir = newDir();
  const store = open(dir);
  const id = write(store, 1);
  await store.close();
  const before = readdirSync(dir).sort();
  const reading = await openDirectory(dir);
  stores.push(reading);
  expect(await idsOf(reading)).toEqual([id]);
  expect(readdirSync(dir).sort()).toEqual(before);
  expect(before).toEqual(['.gitignore', 'journal']);
});
