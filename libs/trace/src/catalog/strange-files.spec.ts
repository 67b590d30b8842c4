import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareCatalogFile } from './db/catalog-file.js';
import { overwriteLines } from '../journal/write/overwrite.js';
import { Pins } from '../journal/files/pins.js';
import { openForReading } from '../journal/files/private-file.js';
import { tightenModes } from '../journal/files/private-modes.js';
import { listSegments, strangeSegments } from '../journal/read/segments.js';

let dir: string;
let outside: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'private-'));
  mkdirSync(join(dir, 'journal'));
  outside = join(dir, 'outside');
  writeFileSync(outside, '+1-1\n', { mode: 0o644 });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const fifo = (path: string): void => void spawnSync('mkfifo', [path]);
const link = (path: string): void => symlinkSync(outside, path);
const socket = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer().listen(path, resolve);
    server.unref();
  });

const STRANGE: [kind: string, make: (path: string) => void | Promise<void>][] = [
  ['symbolic link', link],
  ['symbolic link', (path) => symlinkSync(path, path)],
  ['FIFO', fifo],
  ['directory', (path) => mkdirSync(path)],
  ['socket', socket],
];

test.each(STRANGE)('refuses and names a %s in the place of any file', async (kind, make) => {
  const names = ['pins', 'catalog.db', 'journal/00000001.ndjson'];
  for (const name of names) await make(join(dir, name));
  const pins = new Pins(dir);
  expect([...pins.keys()]).toEqual([]);
  expect(pins.problem).toContain(`pins is a ${kind}`);
  expect(() => pins.set('1-2', true)).toThrow(`pins is a ${kind}`);
  expect(() => prepareCatalogFile(join(dir, 'catalog.db'))).toThrow(`catalog.db is a ${kind}`);
  expect(listSegments(dir)).toEqual([]);
  expect(strangeSegments(dir)).toEqual([expect.stringContaining(`00000001.ndjson is a ${kind}`)]);
  for (const name of names) {
    expect(() => openForReading(join(dir, name))).toThrow(`is a ${kind}`);
    expect(() => overwriteLines(join(dir, name), [{ offset: 0, length: 5 }])).toThrow(`is a ${kind}`);
  }
  expect(readFileSync(outside, 'utf8')).toBe('+1-1\n');
  expect(lstatSync(outside).mode & 0o777).toBe(0o644);
});

test.each(['-wal', '-shm', '-journal'])('no link is in the place of catalog.db%s when SQLite opens it', (suffix) => {
  link(join(dir, `catalog.db${suffix}`));
  expect(() => prepareCatalogFile(join(dir, 'catalog.db'))).toThrow(`catalog.db${suffix} is a symbolic link`);
});

test('pins that were replaced by a link keep the last state that was read', () => {
  const pins = new Pins(dir);
  pins.set('1-7', true);
  expect([...pins.keys()]).toEqual(['1-7']);
  rmSync(join(dir, 'pins'));
  link(join(dir, 'pins'));
  expect([...pins.keys()]).toEqual(['1-7']);
  rmSync(join(dir, 'pins'));
  expect([...pins.keys()]).toEqual([]);
  expect(pins.problem).toBeUndefined();
});

test('every file of the package that others can read becomes private, and no other file', () => {
  const ours = ['catalog.db', 'catalog.db-wal', 'catalog.db-shm', 'pins', 'debug-token', 'debug-token.42.0a1b2c3d'];
  const segments = ['00000001.ndjson', '00000002.kept.ndjson', '00000003.kept.ndjson.tmp'];
  const paths = [...ours, ...segments.map((name) => `journal/${name}`)];
  for (const path of [...paths, 'notes.txt']) writeFileSync(join(dir, path), 'x');
  for (const path of [...paths, 'notes.txt']) chmodSync(join(dir, path), 0o644);
  chmodSync(join(dir, 'pins'), 0o444);
  expect(tightenModes(dir, listSegments(dir))).toEqual([]);
  const modes = paths.map((path) => lstatSync(join(dir, path)).mode & 0o777);
  expect(modes).toEqual(paths.map((path) => (path === 'pins' ? 0o400 : 0o600)));
  expect(lstatSync(join(dir, 'notes.txt')).mode & 0o777).toBe(0o644);
});
