import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentFile } from '../journal/codec/format.js';
import { JournalWriter } from '../journal/write/writer.js';
import { MaintainedCatalog } from '../catalog-worker/maintained-catalog.js';

let dir: string;
let file: string;
let open: MaintainedCatalog[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hands-'));
  file = join(dir, 'catalog.db');
  open = [];
});
afterEach(() => {
  for (const catalog of open) catalog.close();
  rmSync(dir, { recursive: true, force: true });
});

function opened(): MaintainedCatalog {
  const catalog = new MaintainedCatalog({ dir });
  open.push(catalog);
  return catalog;
}

/** Traces with these ids, in a separate segment. */
function record(...traceIds: string[]): void {
  const writer = new JournalWriter({ dir });
  traceIds.forEach((id, n) => {
    const trace = `${writer.writer.number}-${n}`;
    writer.append({ kind: 'open', trace, id, traceparent: '', ts: 1_700_000_000_000_000 + n });
    writer.append({ kind: 'end', trace, status: 'completed', ts: 1_700_000_000_000_100 + n });
  });
  writer.close();
}

function ids(catalog: MaintainedCatalog): string[] {
  catalog.queries.catchUp();
  return catalog.queries
    .list({}, 100, undefined)
    .heads.map(({ traceId }) => traceId)
    .sort();
}

/** Polls until the result matches: files are checked a few times per second. */
async function until(catalog: MaintainedCatalog, expected: string[]): Promise<void> {
  const end = Date.now() + 10_000;
  while (ids(catalog).join() !== expected.join() && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(ids(catalog)).toEqual(expected);
}

const segment = (number: number): string => join(dir, 'journal', segmentFile(number));

test('a segment that was truncated and has grown again is read again, the others are not', async () => {
  record('a', 'b');
  record('c');
  const catalog = opened();
  expect(ids(catalog)).toEqual(['a', 'b', 'c']);
  const size = statSync(segment(1)).size;
  // As `copytruncate` does: the same file, truncated, and soon longer than before.
  const [header, ...lines] = readFileSync(segment(2), 'utf8').split(/(?<=\n)/);
  truncateSync(segment(1), 0);
  appendFileSync(segment(1), lines.join(''));
  while (statSync(segment(1)).size <= size) appendFileSync(segment(1), header!);
  await until(catalog, ['c']);
  expect(catalog.queries.state().problems).toEqual([expect.stringContaining('changed journal segments (1)')]);
});

test.each([
  ['of the same size', (other: Buffer, size: number) => Buffer.concat([other], size).fill('\n', other.length)],
  ['that is larger', (other: Buffer, size: number) => Buffer.concat([other], size + 99).fill('\n', other.length)],
])('a sealed segment that was replaced by one %s is read again', async (_, content) => {
  record('a', 'b');
  const catalog = opened();
  expect(ids(catalog)).toEqual(['a', 'b']);
  const { size } = statSync(segment(1));
  const elsewhere = mkdtempSync(join(tmpdir(), 'other-'));
  const other = new JournalWriter({ dir: elsewhere });
  other.append({ kind: 'open', trace: '1-9', id: 'z', traceparent: '', ts: 1_700_000_000_000_000 });
  other.close();
  writeFileSync(segment(1), content(readFileSync(join(elsewhere, 'journal', segmentFile(1))), size));
  rmSync(elsewhere, { recursive: true });
  await until(catalog, ['z']);
});

test('a restored copy counts as the same segment', async () => {
  record('a');
  const catalog = opened();
  expect(ids(catalog)).toEqual(['a']);
  copyFileSync(segment(1), join(dir, 'copy'));
  rmSync(segment(1));
  copyFileSync(join(dir, 'copy'), segment(1));
  await until(catalog, ['a']);
  expect(catalog.queries.state().problems).toEqual([]);
});

test('erasing a contact updates the marks of its segments', async () => {
  record('a', 'b');
  const catalog = opened();
  ids(catalog);
  catalog.maintainer.eraseContact('unknown');
  record('c');
  await until(catalog, ['c']);
  expect(catalog.queries.state().problems).toEqual([]);
});

// Without them, another process that closes the index removes the log that this one still writes to.
(existsSync('/proc/locks') ? test : test.skip)('erasing a contact keeps the locks of SQLite', () => {
  const writer = new JournalWriter({ dir });
  const trace = `${writer.writer.number}-1`;
  writer.append({ kind: 'open', trace, id: 'a', traceparent: '', ts: 1_700_000_000_000_000 });
  writer.append({ kind: 'identify', trace, id: 'a', contact: 'contact-1', message: 'hola', ts: 1_700_000_000_000_001 });
  writer.close();
  const catalog = opened();
  ids(catalog);
  const locks = (): string[] => {
    const inode = `:${statSync(file).ino} `;
    const lines = readFileSync('/proc/locks', 'latin1').split('\n');
    return lines.filter((line) => line.includes(inode)).map((line) => line.replace(/^\d+: /, ''));
  };
  expect(locks()).toHaveLength(1);
  const before = locks();
  expect(catalog.maintainer.eraseContact('contact-1')).toEqual({ removed: 1 });
  expect(locks()).toEqual(before);
});

test('a deleted index file is created again, and an index in memory moves to its file', async () => {
  record('a');
  mkdirSync(file);
  const catalog = opened();
  expect(ids(catalog)).toEqual(['a']);
  expect(catalog.queries.state().problems).toEqual([expect.stringContaining('catalog.db is a directory')]);
  rmSync(file, { recursive: true });
  const end = Date.now() + 10_000;
  while (!existsSync(file) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    catalog.queries.catchUp();
  }
  expect(ids(catalog)).toEqual(['a']);
  expect(catalog.queries.state().problems).toEqual([]);
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  while (!existsSync(file) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    catalog.queries.catchUp();
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(ids(catalog)).toEqual(['a']);
});

test('nothing is cleared while the pins cannot be read', () => {
  record('a');
  const catalog = opened();
  mkdirSync(join(dir, 'pins'));
  expect(() => catalog.maintainer.clear({ keepErrors: false })).toThrow('pins is a directory');
  expect(ids(catalog)).toEqual(['a']);
  expect(catalog.queries.state().problems).toEqual([expect.stringContaining('pins is a directory')]);
});
