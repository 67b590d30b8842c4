import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConsumer, type ConsumerKind } from './support/consumer-app.js';
import { mustRun, run, startServer } from './support/run.js';

const KINDS: ConsumerKind[] = [
  { title: 'an ESM application on Nest 12 and Express', module: 'module', nest: 12, platform: 'express' },
  { title: 'a CommonJS application on Nest 11 and Express', module: 'commonjs', nest: 11, platform: 'express' },
  { title: 'an ESM application on Nest 12 and Fastify', module: 'module', nest: 12, platform: 'fastify' },
];

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

interface Packed {
  filename: string;
  files: { path: string; mode: number }[];
}

/** What a user gets from the registry: the packed tarball, installed into fresh applications. */
describe('the package', () => {
  let dir: string;
  let packed: Packed;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'package-'));
    // Without scripts: `npm test` has built already, and a build here would take `dist` away from the other tests.
    const json = await mustRun('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', dir]);
    [packed] = JSON.parse(json) as [Packed];
  }, 60_000);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('holds what runs and what explains it, and nothing of how it was made', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'README.md', 'SKILL.md', 'CHANGELOG.md', 'LICENSE']));
    const strange = paths.filter(
      (path) =>
        !/^(package\.json|README\.md|SKILL\.md|CHANGELOG\.md|LICENSE|dist\/(esm|cjs|cli)\/.+|dist\/THIRD_PARTY_LICENSES)$/.test(
          path,
        ),
    );
    expect(strange).toEqual([]);
    // Two builds of three entry points, their types, and the command line, without source maps: stacks can be read as they are.
    expect(paths.length).toBeLessThanOrEqual(60);
    expect(paths.filter((path) => path.endsWith('.map'))).toEqual([]);
  });

  it('has every file that package.json promises', () => {
    const leaves = (entry: any): string[] =>
      typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(leaves);
    const { exports, bin, main, types, typesVersions } = manifest;
    const promised = [exports, bin, main, types, typesVersions].flatMap(leaves);
    const paths = packed.files.map((file) => file.path);
    expect(promised.map((path) => path.replace(/^\.\//, '')).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('requires no package with an install script', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const { '': own, ...installed } = lock.packages as Record<string, any>;
    const required = Object.keys(installed).filter((name) => !installed[name].dev && !installed[name].optional);
    expect(required).toContain('node_modules/class-validator');
    expect(required.filter((name) => installed[name].hasInstallScript)).toEqual([]);
    expect(own.hasInstallScript).toBeUndefined();
  });

  describe.each(KINDS)('$title', (kind) => {
    let app: string;

    beforeAll(async () => {
      app = await createConsumer(kind, join(dir, packed.filename));
    }, 120_000);

    afterAll(() => rmSync(app, { recursive: true, force: true }));

    it('traces a webhook, and shows it over REST and with npx get-trace', async () => {
      const env = { NODE_ENV: 'development', TRACE_DIR: undefined, TRACE_URL: undefined, TRACE_TOKEN: undefined };
      const server = await startServer(['dist/main.js'], { cwd: app, env });
      let id: string;
      try {
        const response = await fetch(`${server.url}/webhook`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ contactId: 'c-1', body: 'hola' }),
        });
        expect([response.status, await response.json()]).toEqual([202, { contact: 'c-1', same: true }]);
        id = response.headers.get('x-trace-id') ?? '';
        expect(id).toMatch(/^c-1_/);

        const trace: any = await (await fetch(`${server.url}/debug/trace/${id}`)).json();
        expect(trace).toMatchObject({
          contact_id: 'c-1',
          webhook_message: 'hola',
          summary: { routing_path: ['supervisor → sofia'], message_sent: true },
          errors: [],
        });
        expect(trace.timeline.map((line: string) => line.slice(11))).toEqual([
          `📥 Received: 'hola'`,
          '🔀 Route: supervisor → sofia',
          '🔧 Tool: check_calendar_availability',
          '📌 my_custom_event',
          `📤 Sent: 'hello'`,
        ]);
        const list = await mustRun('npx', ['--no-install', 'get-trace', 'list', '--url', server.url], {
          cwd: app,
          env,
        });
        expect(list).toContain('c-1');
      } finally {
        await server.stop();
      }
      expect(server.output().replace(server.url, '').trim()).toBe('');

      // With the server gone, the same command reads the directory, and says so.
      const offline = await run('npx', ['--no-install', 'get-trace', 'trace', id, '--export'], {
        cwd: app,
        env: { ...env, TRACE_URL: server.url },
      });
      expect(JSON.parse(offline.stdout)).toMatchObject({ trace_id: id, status: 'completed' });
      expect(offline.stderr).toContain('.traces');
      expect(offline.code).toBe(0);
    }, 60_000);

    it('loads every entry point, as its kind of module does', async () => {
      const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'));
      const names = entries.map((entry) => manifest.name + entry.slice(1));
      const code = names.map((name) => (kind.module === 'module' ? `await import('${name}')` : `require('${name}')`));
      const args = [`--input-type=${kind.module}`, '--eval', code.join(';')];
      // Silent too: `require` of ESM warns as experimental only from outside node_modules.
      expect(await run(process.execPath, args, { cwd: app })).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    it('finds the second name of the program, executable', async () => {
      const bin = join(app, 'node_modules/.bin/nestjs-trace-collector');
      expect(statSync(bin).mode & 0o111).toBe(0o111);
      expect(await mustRun(bin, ['--version'], { cwd: app })).toMatch(/\d+\.\d+\.\d+/);
    });
  });
});
