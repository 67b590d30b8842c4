import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discoverServer } from './discovery.js';

let dir: string;
const file = () => join(dir, 'server.json');
const write = (content: unknown, mode = 0o600): void => {
  writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content), { mode });
};
const url = 'http://localhost:3000/debug';
const entry = (more: object = {}) => ({ url, pid: process.pid, startedAt: new Date().toISOString(), ...more });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'discovery-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('is nothing where there is no file', () => expect(discoverServer(dir)).toEqual({}));

it('is the address of the process that runs', () => {
  write(entry({ url: 'https://[::1]:3000/api/debug/' }));
  const base = { href: 'https://[::1]:3000/api/debug', loopback: true };
  expect(discoverServer(dir)).toEqual({ server: { base, pid: process.pid, file: file() } });
});

it('is the newest one that runs of several', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  const others = [
    entry({ url: 'http://localhost:1/debug', startedAt: new Date(Date.now() - 1_000).toISOString() }),
    entry({ url: 'http://localhost:2/debug' }),
  ];
  write({ ...entry({ pid: ended.pid, startedAt: new Date(Date.now() + 1_000).toISOString() }), others });
  expect(discoverServer(dir).server?.base.href).toBe('http://localhost:2/debug');
});

it.each<[string, () => void, RegExp]>([
  ['of a process that ended', () => write(entry({ pid: 2 ** 22 + 1 })), /has ended/],
  ['of an earlier process with the same id', () => write(entry({ startedAt: '2020-01-01T00:00:00.000Z' })), /has ended/],
  ['that names another machine', () => write(entry({ url: 'http://traces.example/debug' })), /not on the loopback interface/],
  ['that names a user of another machine', () => write(entry({ url: 'http://localhost@evil.example/' })), /not on the loopback/],
  ['that names a file', () => write(entry({ url: 'file:///etc/passwd' })), /not on the loopback interface/],
  ['without JSON', () => write('hello'), /has no address/],
  ['with other JSON', () => write({ url, pid: 'x' }), /has no address/],
  ['that others may write', () => (write(entry()), chmodSync(file(), 0o666)), /can be written by other users/],
  ['that is a link', () => symlinkSync('/etc/hostname', file()), /is not read \(ELOOP\)/],
  ['that is a FIFO', () => void spawnSync('mkfifo', [file()]), /is not a file/],
  ['that is too large', () => write('x'.repeat(20_000)), /is too large/],
])('a file %s is not used', (_, make, problem) => {
  if (process.platform !== 'linux' && problem.source.includes('ended')) return;
  make();
  expect(discoverServer(dir)).toEqual({ problem: expect.stringMatching(problem) });
});
