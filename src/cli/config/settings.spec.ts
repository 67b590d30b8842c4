import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_FILE, readConfigFiles } from './config-file.js';
import { resolveSettings } from './settings.js';
import { findToken } from './token.js';

let root: string;
let project: string;
let env: Record<string, string>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'settings-'));
  project = join(root, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  mkdirSync(join(root, 'config/get-trace'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{}');
  env = { XDG_CONFIG_HOME: join(root, 'config') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const inProject = (value: object | string): void =>
  writeFileSync(join(project, PROJECT_FILE), typeof value === 'string' ? value : JSON.stringify(value));
const ofUser = (value: object): void =>
  writeFileSync(join(root, 'config/get-trace/config.json'), JSON.stringify(value));
const settings = (flags = {}, more = {}) =>
  resolveSettings(flags, { ...env, ...more }, readConfigFiles(join(project, 'src'), env));

it('prefers flags to the environment, then the project, then the user, then defaults', () => {
  expect(settings().url).toMatchObject({ value: 'http://localhost:8000', origin: 'default' });
  ofUser({ url: 'http://localhost:1' });
  expect(settings().url).toMatchObject({ value: 'http://localhost:1', origin: 'user' });
  inProject({ url: 'http://localhost:2' });
  expect(settings().url).toMatchObject({ origin: 'project', name: join(project, PROJECT_FILE) });
  expect(settings({}, { TRACE_URL: 'http://localhost:3' }).url).toMatchObject({ origin: 'env', name: 'TRACE_URL' });
  expect(settings({ url: 'http://localhost:4' }, { TRACE_URL: 'x' }).url).toMatchObject({ origin: 'flag' });
});

it('resolves paths relative to the file', () => {
  inProject({ dir: 'data/traces' });
  expect(settings().dir.value).toBe(join(project, 'data/traces'));
});

it('searches no further up than the root of the project', () => {
  writeFileSync(join(root, PROJECT_FILE), '{"url":"http://localhost:9"}');
  expect(settings().url.origin).toBe('default');
});

it.each<[object | string, RegExp]>([
  ['{', /is no JSON/],
  ['[]', /one JSON object/],
  [{ uri: 'x' }, /'uri' is not a setting of this file; allowed: url, dir/],
  [{ url: 1 }, /'url' must be a text/],
  [{ token_file: 'x' }, /'token_file' is not a setting of this file/],
])('names the problem of %j', (content, message) => {
  inProject(content);
  expect(() => settings()).toThrow(message);
});

it("does not send the user's token to the URL of a project", () => {
  writeFileSync(join(root, 'token'), 'user-token');
  ofUser({ token_file: join(root, 'token') });
  expect(findToken(settings())?.token).toBe('user-token');
  inProject({ url: 'https://evil.example' });
  expect(findToken(settings())).toBeUndefined();
  expect(findToken(settings({}, { TRACE_TOKEN: 'secret' }))).toBeUndefined();
  expect(findToken(settings({ url: 'https://mine.example' }, { TRACE_TOKEN: 'secret' }))?.token).toBe('secret');
});
