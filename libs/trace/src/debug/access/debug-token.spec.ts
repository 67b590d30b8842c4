import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResolvedDebugOptions } from '../debug.options.js';
import { ensureDebugToken } from './debug-token.js';
import { startupLines } from './startup-lines.js';

describe('the token of a directory', () => {
  let root: string;
  let dir: string;
  const file = () => join(dir, 'debug-token');
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'debug-token-'));
    dir = join(root, 'deep', 'traces');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is created once, for its owner only', () => {
    const first = ensureDebugToken(dir);
    expect(first).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), file: file() });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(ensureDebugToken(dir)).toEqual({ ...first, problem: undefined });
    expect(readdirSync(dir)).toEqual(['debug-token']);
  });

  it('differs between directories', () =>
    expect(ensureDebugToken(dir).token).not.toBe(ensureDebugToken(join(root, 'other')).token));

  it('is read as a person wrote it, without the line break', () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(file(), `${'a'.repeat(32)}\r\n`, { mode: 0o600 });
    expect(ensureDebugToken(dir).token).toBe('a'.repeat(32));
  });

  it('becomes private when others could read it, and logs that', () => {
    const { token } = ensureDebugToken(dir);
    chmodSync(file(), 0o644);
    expect(ensureDebugToken(dir)).toMatchObject({ token, problem: expect.stringContaining('could be read by others') });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'short', `${'a'.repeat(31)} b`])('is replaced when the file holds %j', (content) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(file(), content);
    const { token, problem } = ensureDebugToken(dir);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(problem).toContain('was replaced');
    expect(readFileSync(file(), 'utf8').trim()).toBe(token);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['debug-token']);
  });

  it('is not read through a link', () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(root, 'mine'), 'b'.repeat(40));
    symlinkSync(join(root, 'mine'), file());
    expect(ensureDebugToken(dir).token).not.toBe('b'.repeat(40));
  });

  it('stays in memory where no file can be written', () => {
    writeFileSync(join(root, 'deep'), 'a file, not a directory');
    const made = ensureDebugToken(dir);
    expect(made).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      problem: expect.stringContaining('cannot be kept'),
    });
  });
});

const options = (over: Partial<ResolvedDebugOptions>): ResolvedDebugOptions => ({
  path: 'debug',
  enabled: true,
  guards: [],
  dir: '.traces',
  ...over,
});

describe('what start-up logs', () => {
  const base = 'http://localhost:8000';
  const made = { token: 'm'.repeat(43), file: '.traces/debug-token' };

  it.each<[string, Partial<ResolvedDebugOptions>, RegExp]>([
    [
      'development',
      { environment: 'development' },
      /^Traces: http:\/\/localhost:8000\/debug \(open to this machine; behind a proxy .* set NODE_ENV=production and debug\.token\)$/,
    ],
    ['staging', { environment: 'staging' }, /^Traces: http:\/\/localhost:8000\/debug\?token=m{43}$/],
    ['no environment, another path', { path: 'in/debug' }, /\/in\/debug\?token=m{43}$/],
    ['a configured token', { environment: 'staging', token: 'secret' }, /with the token of debug\.token/],
    [
      'production',
      { environment: 'production' },
      /off in production: set debug\.token to 32 characters or more, or debug\.guards/,
    ],
    ['production, short token', { environment: 'production', token: 'secret' }, /has 6 characters; set debug\.token/],
    ['production, loopback', { environment: 'production', access: 'loopback' }, /opens nothing in production/],
    ['production, on', { environment: 'production', token: 's'.repeat(32) }, /with the token of debug\.token/],
    ['guards', { environment: 'production', guards: [{ canActivate: () => true }] }, /debug\.guards decide/],
  ])('in %s', (_what, over, line) => {
    const lines = startupLines(options(over), `${base}/`, made);
    expect(lines).toEqual([expect.stringMatching(line)]);
    if (over.token) expect(lines.join()).not.toContain(over.token);
  });

  it('is nothing when it is not enabled', () => expect(startupLines(options({ enabled: false }), base)).toEqual([]));

  it('names the fault of the file', () =>
    expect(startupLines(options({}), base, { ...made, problem: 'x cannot be kept' })).toEqual([
      expect.stringContaining('token='),
      'Traces: x cannot be kept',
    ]));
});
