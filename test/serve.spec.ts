import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTraceDirectory, type TraceDirectory } from './support/cli-directory.js';
import {
  removeTemporaryDirectories,
  runCli,
  RunningCli,
  temporaryDirectory,
  type CliOptions,
} from './support/cli-run.js';
import { takePort } from './support/run.js';
import { SseClient } from './support/sse-client.js';

const TOKEN = 't'.repeat(32);

/** A running `get-trace serve` that listens. */
interface Serving {
  cli: RunningCli;
  /** The printed link. */
  link: string;
  /** The same without a token. */
  url: string;
}

let written: TraceDirectory;
const running: RunningCli[] = [];

beforeEach(async () => {
  written = await openTraceDirectory();
  written.record('maria-1', 'Hola');
});
afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL');
  await written.close();
});
afterAll(removeTemporaryDirectories);

async function serve(args: string[] = [], options: CliOptions = {}): Promise<Serving> {
  const cli = new RunningCli(['serve', '--dir', written.dir, '--port', '0', ...args], options);
  running.push(cli);
  await cli.until('stdout', '\n');
  const link = /http:\/\/[^\s"]+/.exec(cli.stdout)![0];
  return { cli, link, url: link.split('?')[0]! };
}

const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' });
const contactsAt = async (url: string, headers?: Record<string, string>) => {
  const { traces } = (await (await get(`${url}/traces`, headers)).json()) as { traces: { contact_id: string }[] };
  return traces.map(({ contact_id }) => contact_id);
};

describe('get-trace serve on a directory', () => {
  it('serves page, REST, stream and MCP with one line of output, and ends in order', async () => {
    const { cli, url } = await serve();
    expect(cli.stdout).toBe(`Serving ${written.dir} at ${url} (open to this machine)\n`);
    const page = await get(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(await contactsAt(url)).toEqual(['maria-1']);
    const root = await get(new URL('/', url).href);
    expect([root.status, root.headers.get('location')]).toEqual([302, 'debug']);
    const mcp = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
    expect(await mcp.text()).toContain('find_traces');
    const stream = await SseClient.connect(`${url}/stream`);
    cli.child.kill('SIGTERM');
    await stream.done;
    expect(await cli.result).toMatchObject({ code: 0, stderr: '' });
  });

  it('is what the other commands can ask', async () => {
    const { url } = await serve();
    const { code, stdout } = await runCli(['list', '--url', url]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('maria-1')]);
  });

  it('shows what the application writes from then on, in answers and in the stream', async () => {
    const { url } = await serve();
    const stream = await SseClient.connect(`${url}/stream`);
    for (let n = 0; n < 20; n += 1) {
      written.record(`contact-${n}`, 'Hola');
      expect(await contactsAt(url)).toContain(`contact-${n}`);
    }
    await stream.ended('contact-19');
    const ended = stream.messages.filter(({ type }) => type === 'trace.ended').map(({ data }) => data.contact_id);
    expect(ended).toEqual(Array.from({ length: 20 }, (_, n) => `contact-${n}`));
    stream.close();
  });

  it('changes nothing in the directory, and refuses to', async () => {
    await written.close();
    const before = snapshot(written.dir);
    const { cli, url } = await serve();
    await contactsAt(url);
    // As through a proxy: here an application makes a token and keeps it.
    const forwarded = await get(`${url}/traces`, { 'x-forwarded-for': '203.0.113.7' });
    expect([forwarded.status, await forwarded.text()]).toEqual([
      401,
      expect.stringContaining('--token-file or TRACE_TOKEN'),
    ]);
    const cleared = await fetch(`${url}/clear`, { method: 'POST' });
    expect([cleared.status, await cleared.text()]).toEqual([501, expect.stringContaining('NOT_SUPPORTED')]);
    cli.child.kill('SIGINT');
    expect((await cli.result).code).toBe(0);
    expect(snapshot(written.dir)).toEqual(before);
  });

  it('prints its address as JSON for programs', async () => {
    const { cli, url } = await serve(['--json']);
    expect(JSON.parse(cli.stdout)).toEqual({ schema: 1, url, access: 'loopback', source: written.dir });
  });

  it('ends at once at the second signal, while a stream is open', async () => {
    const { cli, url } = await serve();
    const stream = await SseClient.connect(`${url}/stream`);
    cli.child.kill('SIGTERM');
    cli.child.kill('SIGTERM');
    expect([0, 130]).toContain((await cli.result).code);
    stream.close();
  });
});

describe('access to get-trace serve', () => {
  it('needs the token that is given, from everyone', async () => {
    const file = join(temporaryDirectory(), 'token');
    writeFileSync(file, `${TOKEN}\n`);
    for (const [args, env, from] of [
      [['--token-file', file], {}, '--token-file'],
      [[], { TRACE_TOKEN: TOKEN }, 'TRACE_TOKEN'],
    ] as const) {
      const { cli, url } = await serve([...args], { env });
      expect(cli.stdout).toContain(`(with the token of ${from})`);
      expect(cli.stdout).not.toContain(TOKEN);
      expect((await get(`${url}/traces`)).status).toBe(401);
      expect((await get(`${url}/traces`, { authorization: `Bearer ${'x'.repeat(32)}` })).status).toBe(401);
      expect(await contactsAt(url, { authorization: `Bearer ${TOKEN}` })).toEqual(['maria-1']);
    }
  });

  it('makes a token for its link in production', async () => {
    const { link, url } = await serve([], { env: { NODE_ENV: 'production' } });
    expect(link).toMatch(/\?token=[\w-]{43}$/);
    expect((await get(`${url}/traces`)).status).toBe(401);
    const token = new URL(link).searchParams.get('token')!;
    expect(await contactsAt(url, { authorization: `Bearer ${token}` })).toEqual(['maria-1']);
    expect((await get(link)).headers.get('set-cookie')).toContain('HttpOnly');
  });

  it('listens for other machines with a token only', async () => {
    const refused = await runCli(['serve', '--dir', written.dir, '--port', '0', '--host', '0.0.0.0']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--token-file');
    const short = await runCli(['serve', '--dir', written.dir, '--host', '0.0.0.0'], {
      env: { TRACE_TOKEN: 'short-secret' },
    });
    expect(short).toMatchObject({ code: 2, stdout: '' });
    expect(short.stderr).toContain('TRACE_TOKEN has 12 characters; at least 32');
    expect(short.stderr).not.toContain('short-secret');
    const { url } = await serve(['--host', '0.0.0.0'], { env: { TRACE_TOKEN: TOKEN } });
    expect((await get(`${url}/traces`)).status).toBe(401);
    expect(await contactsAt(url, { authorization: `Bearer ${TOKEN}` })).toEqual(['maria-1']);
  });
});

describe('get-trace serve that cannot start', () => {
  it.each([
    [['--port', '70000'], 2, '0 to 65535'],
    [['--port', ''], 2, '0 to 65535'],
    [['--url', 'http://localhost:1'], 2, '--dir or --store'],
    [['--store', 'postgres://u:geheim@localhost:1/x'], 2, 'exclude each other'],
    [['--host', 'no.such.host.invalid'], 2, '--token-file'],
  ])('%j: exit %d', async (args, code, message) => {
    const result = await runCli(['serve', '--dir', written.dir, ...args]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('geheim');
  });

  it('names the taken port', async () => {
    const taken = await takePort();
    const { code, stderr } = await runCli([
      'serve',
      '--dir',
      written.dir,
      '--port',
      String(taken.port),
      '--host',
      '::1',
    ]);
    taken.free();
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`port ${taken.port}: the port is taken. Choose another one with --port`),
    ]);
  });

  it('names the directory that has no traces', async () => {
    const { code, stderr } = await runCli(['serve', '--dir', join(written.dir, 'nowhere')]);
    expect([code, stderr]).toEqual([5, expect.stringContaining('nowhere')]);
  });

  it('names the missing package, and the command that installs it', async () => {
    const bare = installation([]);
    expect(await inInstallation(bare)).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/needs the package @nestjs\/\w+.*npm install @nestjs\/common/s),
    });
    const withoutPlatform = installation([
      '@nestjs/common',
      '@nestjs/core',
      'rxjs',
      'reflect-metadata',
      'class-validator',
    ]);
    expect(await inInstallation(withoutPlatform)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('npm install @nestjs/platform-express'),
    });
  });

  it('runs on Fastify where only that is installed', async () => {
    const root = installation([
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-fastify',
      'rxjs',
      'reflect-metadata',
      'class-validator',
    ]);
    const program = spawn(process.execPath, [join(root, PROGRAM), 'serve', '--dir', written.dir, '--port', '0'], {
      cwd: root,
    });
    try {
      const line = await new Promise<string>((resolve) => program.stdout.once('data', (data) => resolve(String(data))));
      const url = /http:\/\/[^\s"]+/.exec(line)![0];
      expect(await contactsAt(url)).toEqual(['maria-1']);
      expect((await get(url)).status).toBe(200);
      expect((await get(new URL('/', url).href)).headers.get('location')).toBe('debug');
    } finally {
      program.kill('SIGKILL');
    }
  });
});

const PROGRAM = 'node_modules/nestjs-trace-collector/dist/cli/main.js';

/** A folder with this package and these others, as npm would leave it; the packages keep their own dependencies. */
function installation(packages: string[]): string {
  const root = temporaryDirectory();
  const modules = join(root, 'node_modules');
  const own = join(modules, 'nestjs-trace-collector');
  mkdirSync(own, { recursive: true });
  cpSync('package.json', join(own, 'package.json'));
  for (const folder of ['esm', 'cli', 'wasm'])
    cpSync(join('dist', folder), join(own, 'dist', folder), { recursive: true });
  for (const name of packages) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules', name), join(modules, name));
  }
  return root;
}

async function inInstallation(root: string) {
  const program = spawn(process.execPath, [join(root, PROGRAM), 'serve', '--dir', written.dir, '--port', '0'], {
    cwd: root,
  });
  let stderr = '';
  program.stderr.on('data', (data) => (stderr += String(data)));
  const code = await new Promise<number | null>((resolve) => program.once('close', resolve));
  return { code, stderr };
}

/** Names, sizes and contents of all files. */
function snapshot(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(dir, name)).isFile(),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'base64')]));
}
