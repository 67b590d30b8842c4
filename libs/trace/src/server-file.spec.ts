import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerFile } from './server-file.js';

let root: string;
let dir: string;
const read = () => JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8'));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'server-file-'));
  dir = join(root, 'deep', 'traces');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('holds the address, the process and the time, for its owner only, until the application ends', () => {
  const file = new ServerFile(dir);
  file.announce('http://localhost:3000/debug');
  expect(read()).toEqual({
    url: 'http://localhost:3000/debug',
    pid: process.pid,
    startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(statSync(join(dir, 'server.json')).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  file.withdraw();
  expect(readdirSync(dir)).toEqual([]);
});

it('is of the newest application that runs, whichever of several ends first', () => {
  const stale = { url: 'http://localhost:1/debug', pid: 2 ** 22 + 1, startedAt: '2020-01-01T00:00:00.000Z' };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'server.json'), JSON.stringify(stale));
  // The parent of this process runs as long as it does.
  const other = { url: 'http://localhost:2/debug', pid: process.ppid, startedAt: '2020-01-02T00:00:00.000Z' };
  writeFileSync(join(dir, 'server.json'), JSON.stringify({ ...stale, others: [other] }));
  const file = new ServerFile(dir);
  file.announce('http://localhost:3/debug');
  expect(read()).toMatchObject({ url: 'http://localhost:3/debug', others: [other] });
  file.withdraw();
  expect(read()).toEqual(other);
});

it('leaves the entry of an application that began later', () => {
  const [first, second] = [new ServerFile(dir), new ServerFile(dir)];
  first.announce('http://localhost:1/debug');
  second.announce('http://localhost:2/debug');
  expect(read()).toMatchObject({ url: 'http://localhost:2/debug', others: [{ url: 'http://localhost:1/debug' }] });
  first.withdraw();
  expect(read().others).toBeUndefined();
  expect(read()).toMatchObject({ url: 'http://localhost:2/debug' });
  second.withdraw();
  expect(readdirSync(dir)).toEqual([]);
});

it('replaces a link, and does not write through it', () => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(root, 'precious'), 'precious');
  symlinkSync(join(root, 'precious'), join(dir, 'server.json'));
  new ServerFile(dir).announce('http://localhost:1/debug');
  expect(read().url).toBe('http://localhost:1/debug');
  expect(readFileSync(join(root, 'precious'), 'utf8')).toBe('precious');
});

it('throws nothing where it cannot be written', () => {
  writeFileSync(join(root, 'deep'), 'a file, not a directory');
  const file = new ServerFile(dir);
  file.announce('http://localhost:1/debug');
  file.withdraw();
  expect(readdirSync(root)).toEqual(['deep']);
});
