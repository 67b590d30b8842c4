import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { EXPORT, FAILED_ID, HEALTH, LAST_ERROR, OK_ID, TRACE } from './support/cli-answers.js';
import { FakeServer, json, nestError } from './support/cli-fake-server.js';
import {
  CLI,
  deferred,
  removeTemporaryDirectories,
  runCli,
  RunningCli,
  temporaryDirectory,
} from './support/cli-run.js';

// What must never reach a terminal: escape, bell, C1 controls, direction overrides.
// eslint-disable-next-line no-control-regex
const DRIVES_A_TERMINAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

let server: FakeServer;

beforeEach(async () => {
  server = await new FakeServer().start();
});

afterEach(async () => {
  await server.stop();
});

afterAll(removeTemporaryDirectories);

const colours = (env: Record<string, string>, ...more: string[]) =>
  runCli(['list', '--url', server.url, ...more], { env });

const ask = (...args: string[]) => runCli([...args, '--url', server.url]);

describe('get-trace with a server', () => {
  const commands: [args: string[], shows: RegExp][] = [
    [['list'], new RegExp(OK_ID)],
    [['list', '--status', 'error'], new RegExp(FAILED_ID)],
    [['list', '--status', 'failed,active'], new RegExp(FAILED_ID)],
    [['trace', OK_ID], /Intelligence: score=8/],
    [['trace', 'z49'], /Intelligence: score=8/],
    [['last'], /check_calendar_availability/],
    [['error'], /CalendarTool\.check/],
    [['errors'], /4×[^]*Its traces: npx nestjs-trace-collector list --fingerprint f1f2f3f4/],
    [['errors', 'resolve', 'f1f2f3f4'], /f1f2f3f4 is resolved now\./],
    [['open'], /^http:\/\/127\.0\.0\.1:\d+\/debug\n$/],
    [['open', 'z49'], new RegExp(`/debug#/t/${OK_ID}\n$`)],
    [['contact', 'maria-1'], /Received: 'Hola'/],
    [['debug', 'maria-1'], /CalendarTool\.check/],
    [['active'], /book/],
    [['stats'], /supervisor → sofia/],
    [['health'], /ok/],
    [['doctor'], /--url/],
    [['pin', 'z49'], /Pinned: z49/],
    [['clear', '-f'], /Deleted 2 traces/],
    [['unpin', 'z49'], /No longer pinned: z49/],
    [['forget', 'maria-1', '-f'], /Erased maria-1: 1 trace\./],
    [[], /The last hour: 2 traces, 1 failed/],
  ];

  it.each(commands)('%j: exit 0, data on stdout and nothing on stderr', async (args, shows) => {
    const { code, stdout, stderr } = await ask(...args);
    expect(stderr).toBe('');
    expect(stdout).toMatch(shows);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(code).toBe(0);
  });

  it.each(commands)('%j: has every format, and none lets captured text control the terminal', async (args) => {
    const formats = [[], ['--md'], ['--raw'], ['--pretty'], ['--json']];
    const results = await Promise.all(formats.map((format) => ask(...args, ...format)));
    for (const { code, stdout } of results) {
      expect(code).toBe(0);
      expect(stdout).not.toMatch(DRIVES_A_TERMINAL);
    }
    const [raw = '', pretty = '', envelope = ''] = results.slice(2).map(({ stdout }) => stdout);
    expect(raw.trimEnd()).not.toContain('\n');
    expect(pretty).toContain('\n  ');
    expect(Object.entries(JSON.parse(envelope))[0]).toEqual(['schema', 1]);
    expect(Object.keys(JSON.parse(envelope))).toEqual(expect.arrayContaining(Object.keys(JSON.parse(raw))));
    expect(Object.keys(JSON.parse(pretty))).toEqual(Object.keys(JSON.parse(raw)));
  });

  it('sends the server exactly the flags', async () => {
    await ask(
      'list',
      '--status',
      'error',
      '--contact',
      'a b&c',
      '--since',
      '2026-01-31T10:00:00Z',
      '--limit',
      '7',
      '-q',
      'ñ',
    );
    const { pathname, searchParams } = new URL(server.seen[0]!.url, server.url);
    expect(pathname).toBe('/debug/traces');
    expect(Object.fromEntries(searchParams)).toEqual({
      status: 'error',
      contact_id: 'a b&c',
      since: '2026-01-31T10:00:00.000Z',
      limit: '7',
      q: 'ñ',
    });
  });

  it('writes ids into one segment of the path, or into the query where a path cannot carry them', async () => {
    await ask('contact', 'a?x#y');
    await ask('contact', '../health?x#y');
    await ask('debug', '..');
    await ask('forget', '.', '-f');
    expect((await ask('trace', '..')).code).toBe(3);
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /debug/contacts/a%3Fx%23y',
      'GET /debug/contacts?contact_id=..%2Fhealth%3Fx%23y',
      'GET /debug/quick-debug?contact_id=..',
      'DELETE /debug/contacts?contact_id=.',
    ]);
  });

  it('prints the answers as stored with --raw', async () => {
    expect(JSON.parse((await ask('last', '--raw')).stdout)).toEqual(TRACE);
    expect(JSON.parse((await ask('error', '--raw')).stdout)).toEqual(LAST_ERROR);
  });

  it('exports with --export: indented JSON, or the requested format', async () => {
    for (const args of [['last'], ['trace', OK_ID]]) {
      const { code, stdout, stderr } = await ask(...args, '--export');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(`${JSON.stringify(EXPORT, null, 2)}\n`);
      expect((await ask(...args, '--export', '--raw')).stdout).toBe(`${JSON.stringify(EXPORT)}\n`);
    }
    expect(JSON.parse((await ask('error', '--export')).stdout)).toMatchObject({ trace_id: FAILED_ID, status: 'error' });
    expect((await ask('last', '--export', '--md')).stdout).toContain('Quiero agendar una cita');
  });

  it('writes to the file of -o, and leaves stdout empty', async () => {
    const file = join(temporaryDirectory(), 'trace.json');
    expect(await ask('last', '--export', '-o', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(EXPORT);
  });

  it('leaves the file of -o unchanged when there is nothing to write', async () => {
    const file = join(temporaryDirectory(), 'trace.json');
    writeFileSync(file, 'precious');
    expect((await ask('trace', 'no-such', '-o', file)).code).not.toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    const { code, stderr } = await ask('last', '-o', join(file, 'below-a-file'));
    expect(code).toBe(1);
    expect(stderr).toContain('cannot write to');
  });

  it('colours only on request, off a terminal', async () => {
    expect((await colours({ FORCE_COLOR: '1' })).stdout).toContain('\u001b[');
    expect((await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b');
    expect((await colours({ FORCE_COLOR: '1' }, '--no-color')).stdout).not.toContain('\u001b');
  });

  it('accepts global flags before the command too', async () => {
    const { code, stdout } = await runCli(['--url', server.url, '--raw', 'health']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(HEALTH);
  });

  it('is quiet when its reader closes the pipe', async () => {
    server.on(
      'GET /last-trace',
      json(200, { ...TRACE, events: Array.from({ length: 60_000 }, () => TRACE.events[0]) }),
    );
    const cli = new RunningCli(['last', '--pretty', '--url', server.url]);
    cli.child.stdout.once('data', () => cli.child.stdout.destroy());
    const { code, stderr } = await cli.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('the source', () => {
  it.each([
    ['', '/debug'],
    ['/', '/debug'],
    ['/debug', '/debug'],
    ['/debug/', '/debug'],
    ['/api/debug', '/api/debug'],
    ['/inside/traces', '/inside/traces'],
  ])('a URL that ends in %j means %s', async (end, base) => {
    const other = await new FakeServer(base).start();
    const { code } = await runCli(['health', '--url', `${other.url}${end}`]);
    await other.stop();
    expect(other.seen.map(({ url }) => url)).toEqual([`${base}/health`]);
    expect(code).toBe(0);
  });

  it('reads TRACE_URL, and a URL without a scheme; --url wins', async () => {
    const env = { TRACE_URL: server.url.replace('http://', '') };
    expect((await runCli(['health'], { env })).code).toBe(0);
    expect((await runCli(['health', '--url', 'http://127.0.0.1:1'], { env })).code).toBe(5);
  });

  it('--dir without --url is the directory, whatever runs at TRACE_URL', async () => {
    const { code, stderr } = await runCli(['list', '--dir', 'nowhere'], { env: { TRACE_URL: server.url } });
    expect(code).toBe(5);
    expect(stderr).toContain('nowhere');
    expect(server.seen).toEqual([]);
  });
});

describe('the token', () => {
  const token = 'abcdefghijklmnopqrstuvwxyz012345';
  let locked: FakeServer;

  beforeEach(async () => {
    locked = await new FakeServer('/debug', token).start();
  });

  afterEach(() => locked.stop());

  const withFile = (name: string, text = `${token}\n`): string => {
    const dir = temporaryDirectory();
    writeFileSync(join(dir, name), text);
    return dir;
  };

  it('is read from --token-file, TRACE_TOKEN, the link, or the directory', async () => {
    const file = join(withFile('secret'), 'secret');
    expect((await runCli(['health', '--url', locked.url, '--token-file', file])).code).toBe(0);
    expect((await runCli(['health', '--url', locked.url], { env: { TRACE_TOKEN: token } })).code).toBe(0);
    expect((await runCli(['health', '--url', `${locked.url}/debug?token=${token}`])).code).toBe(0);
    expect((await runCli(['health', '--url', locked.url, '--dir', withFile('debug-token')])).code).toBe(0);
    expect((await runCli(['health', '--url', locked.url], { env: { TRACE_DIR: withFile('debug-token') } })).code).toBe(
      0,
    );
  });

  it('missing or wrong: exit 4, with the fix, and never the token itself', async () => {
    const missing = await runCli(['list', '--url', locked.url]);
    expect(missing.code).toBe(4);
    expect(missing.stderr).toMatch(/TRACE_TOKEN.*--dir/s);
    const wrong = await runCli(['list', '--url', locked.url], { env: { TRACE_TOKEN: 'wrong-token' } });
    expect(wrong.code).toBe(4);
    expect(wrong.stderr).toContain('TRACE_TOKEN was refused');
    expect(wrong.stderr).not.toContain('wrong-token');
    const doctor = await runCli(['doctor', '--url', `${locked.url}?token=${token}`]);
    expect(doctor.stdout).not.toContain(token);
  });

  it('that cannot be read or sent: exit 2', async () => {
    expect((await runCli(['list', '--url', locked.url, '--token-file', 'no-such'])).code).toBe(2);
    const dir = withFile('bad', 'one\ntwo');
    const { code, stderr } = await runCli(['list', '--url', locked.url, '--token-file', join(dir, 'bad')]);
    expect(code).toBe(2);
    expect(stderr).not.toContain('two');
  });
});

describe('failures', () => {
  let foreign: Server;

  beforeEach(async () => {
    foreign = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => foreign.once('listening', resolve));
  });

  afterEach(() => new Promise((resolve) => foreign.close(resolve)));

  const usage: [args: string[], says: RegExp][] = [
    [['lst'], /unknown command 'lst'; did you mean 'list'/],
    [['list', '--colour'], /unknown option '--colour'/],
    [['list', 'extra'], /too many arguments/],
    [['trace'], /missing required argument 'id'/],
    [['trace', ''], /empty/],
    [['contact', ' '], /empty/],
    [['list', '--limit', '0'], /1 to 500/],
    [['list', '--limit', '501'], /1 to 500/],
    [['list', '--limit', '1e2'], /1 to 500/],
    [['list', '--status', 'broken'], /active, completed, error, silent, timeout, interrupted/],
    [['watch', '--status', 'broken'], /active, completed/],
    [['list', '--since', 'yesterday'], /how long ago/],
    [['list', '--since', '2026-02-31'], /how long ago/],
    [['stats', '--since', '1h', '--until', '2h'], /the range is empty/],
    [['list', '--raw', '--md'], /--raw and --md exclude each other/],
    [['list', '--url', 'ftp://x'], /must begin with http/],
    [['list', '--url', 'http://'], /is no URL/],
    [['list', '--url', 'http://me:secret@localhost'], /take the name and password out/],
    [['list', '--url'], /argument missing/],
    [['explode', 'a', 'b'], /unknown command 'explode'/],
  ];

  it.each(usage)('usage %j: exit 2', async (args, says) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('secret');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  const refusals: [route: string, args: string[], status: number, code: string, exit: number][] = [
    ['GET /trace/x', ['trace', 'x'], 404, 'TRACE_NOT_FOUND', 3],
    ['GET /trace/x', ['trace', 'x'], 409, 'TRACE_AMBIGUOUS', 3],
    ['GET /trace/x/export', ['trace', 'x', '--export'], 404, 'TRACE_NOT_FOUND', 3],
    ['GET /last-trace', ['last'], 404, 'NO_TRACES', 3],
    ['GET /last-error', ['error'], 404, 'NO_ERRORS', 3],
    ['GET /quick-debug/x', ['debug', 'x'], 404, 'CONTACT_NOT_FOUND', 3],
    ['GET /contacts/x', ['contact', 'x'], 404, 'CONTACT_NOT_FOUND', 3],
    ['GET /traces', ['list'], 400, 'BAD_QUERY', 2],
    ['GET /traces', ['list'], 401, 'ACCESS_DENIED', 4],
    ['GET /traces', ['list'], 403, 'CROSS_SITE', 4],
    ['GET /traces', ['list'], 503, 'CATALOG_UNAVAILABLE', 6],
    ['GET /traces', ['list'], 503, 'DATA_NEWER', 6],
    ['GET /traces', ['list'], 500, 'INTERNAL', 1],
    ['POST /clear', ['clear', '-f'], 501, 'NOT_SUPPORTED', 4],
    ['PUT /trace/x/pin', ['pin', 'x'], 404, 'TRACE_NOT_FOUND', 3],
    ['DELETE /trace/x/pin', ['unpin', 'x'], 404, 'TRACE_NOT_FOUND', 3],
    ['DELETE /contacts/x', ['forget', 'x', '-f'], 404, 'CONTACT_NOT_FOUND', 3],
  ];

  it.each(refusals)(
    '%s for %j answers %d %s: exit %d, with text and JSON output',
    async (route, args, status, name, exit) => {
      server.on(route, json(status, nestError(status, name, 'because \u001b[31m of this')));
      const text = await ask(...args);
      expect(text.stderr).toContain('because ␛[31m of this');
      expect(text.stdout).toBe('');
      expect(text.code).toBe(exit);
      const { stderr } = await ask(...args, '--json');
      expect(JSON.parse(stderr)).toMatchObject({ schema: 1, error: { code: name, exit_code: exit } });
    },
  );

  it('lists the candidates of an ambiguous beginning', async () => {
    const message = `'x' begins several traces: x_1, x_2`;
    server.on('GET /trace/x', json(409, nestError(409, 'TRACE_AMBIGUOUS', message)));
    expect(await ask('trace', 'x')).toEqual({ code: 3, stdout: '', stderr: `nestjs-trace-collector: ${message}\n` });
  });

  it('shows the candidates of an ambiguous beginning as a table, and to programs as a list', async () => {
    const item = {
      contact_id: 'ana',
      started_at: '2026-01-31T10:00:00.000000Z',
      duration_ms: 1200,
      errors: 0,
      events: 3,
    };
    const candidates = ['x_2', 'x_1'].map((trace_id, n) => {
      return { ...item, trace_id, status: n ? 'error' : 'completed', message: 'Hola \u001b[31m', route: null };
    });
    server.on('GET /trace/x', json(409, { ...nestError(409, 'TRACE_AMBIGUOUS', 'Several: x_2, x_1'), candidates }));
    const { code, stdout, stderr } = await ask('trace', 'x');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^nestjs-trace-collector: Several\. Give more of the id; the newest are:\n\nSTATUS/);
    expect(stderr).toMatch(/completed .*1\.2 s .*Hola ␛\[31m[^]*error/);
    const again = `--url ${server.url}`;
    expect(stderr).toContain(`\n   npx nestjs-trace-collector trace x_2 ${again}\n`);
    expect(stderr).toContain(`\n   npx nestjs-trace-collector trace x_1 ${again}\n`);
    const failed = await ask('trace', 'x', '--json');
    expect([failed.code, failed.stdout]).toEqual([3, '']);
    expect(JSON.parse(failed.stderr)).toMatchObject({ error: { code: 'TRACE_AMBIGUOUS', exit_code: 3, candidates } });
    server.on('GET /trace/x', json(409, { ...nestError(409, 'TRACE_AMBIGUOUS', 'Several: x_2'), candidates: [1, {}] }));
    expect((await ask('trace', 'x')).stderr).toBe('nestjs-trace-collector: Several: x_2\n');
  });

  it('no server and no directory: exit 5, with both names and the fix', async () => {
    await server.stop();
    const { code, stdout, stderr } = await ask('list');
    expect(stderr).toContain(`No server at ${server.url} (connection refused), and no traces in .traces`);
    expect(stderr).toMatch(/--url.*--dir/);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  });

  it('a remote server has no fallback in the directory of this machine', async () => {
    const { code, stderr } = await runCli(['list', '--url', 'http://traces.invalid']);
    expect(code).toBe(5);
    expect(stderr).not.toContain('.traces');
  });

  it('a Nest application without /debug, or another program: 4 and 5', async () => {
    const off = await runCli(['list', '--url', `${server.url}/elsewhere`]);
    expect(off.code).toBe(4);
    expect(off.stderr).toMatch(/\/debug is off.*debug\.token/);

    const other = createServer((_, response) => response.end('<html>hello</html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    for (const command of ['list', 'watch']) {
      const { code, stderr } = await runCli([command, '--url', `http://127.0.0.1:${port}`]);
      expect(stderr).toContain('not with traces');
      expect(code).toBe(5);
    }
    other.close();
  });

  it('a gateway without an upstream is no server: exit 5', async () => {
    server.on('GET /traces', (_request, response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
    const { code, stderr } = await ask('list');
    expect(stderr).toContain('a gateway answers 502');
    expect(code).toBe(5);
  });

  it('follows a redirect, but sends no token to another origin', async () => {
    const token = 'abcdefghijklmnopqrstuvwxyz012345';
    const other = await new FakeServer().start();
    const redirect = (to: string) =>
      server.on('GET /traces', (_request, response) => response.writeHead(302, { location: to }).end());
    server.on('GET /moved', server.routes.get('GET /traces')!);
    redirect('/debug/moved');
    const run = () => runCli(['list', '--url', server.url], { env: { TRACE_TOKEN: token } });
    expect((await run()).code).toBe(0);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
    redirect(`${other.url}/debug/traces`);
    expect((await run()).code).toBe(0);
    await other.stop();
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('a port with another protocol: exit 5', async () => {
    foreign.on('connection', (socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('220 smtp ready\r\n'),
    );
    const { code, stderr } = await runCli([
      'list',
      '--url',
      `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`,
    ]);
    expect(code).toBe(5);
    expect(stderr).toContain('does not speak HTTP');
  });

  it('erasing asks first; an empty answer or a no deletes nothing', async () => {
    for (const args of [['clear'], ['forget', 'maria-1']]) {
      expect((await ask(...args)).code).toBe(2);
      const no = await runCli([...args, '--url', server.url], { input: 'n\n' });
      expect(no.code).toBe(1);
      expect(no.stderr).toMatch(/\[y\/N\].*nothing was deleted/s);
    }
    expect(server.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect((await runCli(['clear', '--url', server.url], { input: 'y\n' })).code).toBe(0);
    expect((await runCli(['clear', '--keep-errors', '-f', '--url', server.url])).code).toBe(0);
    expect(server.seen.filter(({ method }) => method !== 'GET').map(({ url }) => url)).toEqual([
      '/debug/clear',
      '/debug/clear?keep_errors=true',
    ]);
  });

  it('erasing needs a server: --dir alone is 4, no server is 5', async () => {
    const dir = temporaryDirectory();
    mkdirSync(join(dir, 'journal'));
    expect((await runCli(['clear', '-f', '--dir', dir])).code).toBe(4);
    await server.stop();
    expect((await ask('clear', '-f')).code).toBe(5);
    expect(existsSync(join(dir, 'journal'))).toBe(true);
  });

  it('Ctrl-C: exit 130', async () => {
    const asked = deferred();
    server.on('GET /traces', () => asked.resolve());
    const cli = new RunningCli(['list', '--url', server.url]);
    await asked.promise;
    cli.child.kill('SIGINT');
    expect((await cli.result).code).toBe(130);
  });
});

describe('the program itself', () => {
  it('runs by name: it has a shebang and an executable mode', () => {
    expect(readFileSync(CLI, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
    expect(statSync(CLI).isFile()).toBe(true);
  });

  it('prints its help on stdout, with exit 0', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of 'list trace last error errors open contact debug active stats health watch pin unpin clear forget doctor'.split(
      ' ',
    )) {
      expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'));
    }
    for (const flag of ['--url', '--dir', '--token-file', '--raw', '--pretty', '--json', '--md', '--no-color', '-o']) {
      expect(stdout).toContain(flag);
    }
    expect(stdout).toMatch(/^Exit codes:\n( +\d+ {2}\S.*\n){9}/m);
    expect((await runCli(['help', 'list'])).stdout).toContain('\n  npx nestjs-trace-collector list\n');
    expect((await runCli(['list', '--help'])).stdout).toContain('\n  npx nestjs-trace-collector list\n');
  });

  it('alone, without a source, shows the help', async () => {
    const { code, stdout, stderr } = await runCli(['--url', 'http://127.0.0.1:1']);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: npx nestjs-trace-collector');
    expect(stderr).toContain('No server at');
  });

  it('prints the version of its package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
