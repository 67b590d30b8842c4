import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openTraceDirectory, type TraceDirectory } from './support/cli-directory.js';
import { removeTemporaryDirectories, runCli, RunningCli, temporaryDirectory } from './support/cli-run.js';
import { PostgresServer } from './support/postgres.mjs';
import { SseClient } from './support/sse-client.js';

const { missing } = PostgresServer;

(missing ? describe.skip : describe)(
  `get-trace with a shared store on PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let server: PostgresServer;
    let schemas = 0;
    /** URL of a schema of the test's own. */
    let store: string;
    let written: TraceDirectory;
    let noServer: string;
    const running: RunningCli[] = [];

    beforeAll(async () => {
      server = await PostgresServer.start();
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      noServer = `http://127.0.0.1:${(taken.address() as AddressInfo).port}`;
      taken.close();
    }, 60_000);
    afterAll(async () => {
      await server?.close();
      removeTemporaryDirectories();
    });
    beforeEach(async () => {
      schemas += 1;
      store = `${server.url}?schema=cli_${schemas}`;
      written = await openTraceDirectory();
    });
    afterEach(async () => {
      for (const { child } of running.splice(0)) child.kill('SIGKILL');
      await written.close();
    });

    const started = (args: string[], env = {}): RunningCli => {
      const cli = new RunningCli(args, { env });
      running.push(cli);
      return cli;
    };
    const serving = async (): Promise<{ cli: RunningCli; url: string }> => {
      const cli = started(['serve', '--store', store, '--port', '0']);
      await cli.until('stdout', '\n');
      return { cli, url: /http:\/\/\S+/.exec(cli.stdout)![0] };
    };
    const read = (...args: string[]) => runCli([...args, '--store', store]);
    const shipped = async (): Promise<void> => {
      await written.close();
      expect(await read('ship', '--dir', written.dir, '--instance', 'web-1')).toMatchObject({ code: 0 });
    };

    it('creates the tables only when it is asked to', async () => {
      const [list, before] = await Promise.all([read('list'), read('db', 'status')]);
      expect(list).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('db migrate --store') });
      expect(before).toMatchObject({ code: 6, stdout: expect.stringMatching(/^tables +none$/m) });
      expect(await read('db', 'init')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Created the tables of version'),
      });
      const [again, after] = await Promise.all([read('db', 'migrate'), read('db', 'status', '--json')]);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already') });
      expect(after.code).toBe(0);
      expect(JSON.parse(after.stdout)).toMatchObject({
        schema: 1,
        name: `cli_${schemas}`,
        kind: 'postgres',
        search: 'trigram',
      });
    });

    it('ships a directory once, and answers every question from the store', async () => {
      const ids = [written.record('maria-1', 'Hola'), written.record('carlos-1', 'Quiero agendar', 'error')];
      await written.close();
      const first = await read('ship', '--dir', written.dir, '--instance', 'web-1');
      expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('Shipped 2 traces') });
      const cases: [string[], string][] = [
        [['ship', '--dir', written.dir], 'already'],
        [['list'], ids[0]!],
        [['list', '--instance', 'web-1'], ids[1]!],
        [['list', '-q', 'agendar'], ids[1]!],
        [['trace', ids[0]!], 'Intelligence: score=8'],
        [['trace', 'carlos'], 'Quiero agendar'],
        [['last'], 'Tool.book'],
        [['error'], 'Tool.book'],
        [['contact', 'maria-1'], ids[0]!],
        [['debug', 'carlos-1'], 'Tool.book'],
        [['diff', ids[0]!, ids[1]!], 'Tool.book'],
        [['stats'], '2'],
        [['health'], '2'],
        [['active'], 'No trace is running'],
        [['instances'], 'web-1'],
        [['doctor'], 'Commands ask the shared store.'],
      ];
      const answers = await Promise.all(cases.map(([args]) => read(...args)));
      for (const [at, { code, stdout, stderr }] of answers.entries()) {
        const [args, shows] = cases[at]!;
        expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
        expect(stdout).toContain(shows);
      }
    }, 60_000);

    it('changes the store with --store, and never for the environment alone', async () => {
      const [kept, gone] = [written.record('maria-1', 'Hola'), written.record('carlos-1', 'Hola')];
      written.record('ana-1', 'Hola');
      await shipped();
      const env = { TRACE_STORE_URL: store };
      const refused = await runCli(['clear', '-f', '--url', noServer], { env });
      expect(refused).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('give --store') });
      const asked = await runCli(['clear', '--store', store], { input: 'n\n' });
      expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('all instances in postgres://') });
      expect(await read('pin', kept)).toMatchObject({ code: 0, stdout: expect.stringContaining('Pinned') });
      expect(await read('forget', 'ana-1', '-f')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Erased ana-1: 1 trace'),
      });
      expect(await read('clear', '-f')).toMatchObject({ code: 0, stdout: 'Deleted 1 trace.\n' });
      const left = await runCli(['list', '--plain', '--url', noServer], { env });
      expect(left.stderr).toContain(`No server at ${noServer} (connection refused); reading postgres://`);
      expect(left.stdout).toContain(kept);
      expect(left.stdout).not.toContain(gone);
    }, 60_000);

    it('reads the directory where neither the server nor the store of the environment answers, and shows no password', async () => {
      written.record('maria-1', 'Hola');
      const env = { TRACE_STORE_URL: 'postgres://app:geheim@127.0.0.1:1/traces', TRACE_DIR: written.dir };
      const [list, strict, doctor, config] = await Promise.all([
        runCli(['list', '--url', noServer], { env }),
        runCli(['list', '--store', env.TRACE_STORE_URL]),
        runCli(['doctor', '--url', noServer], { env }),
        runCli(['mcp', '--print-config', '--store', env.TRACE_STORE_URL]),
      ]);
      expect(list).toMatchObject({ code: 0, stdout: expect.stringContaining('maria-1') });
      expect(list.stderr).toContain('out of reach');
      expect(strict).toMatchObject({ code: 5, stdout: '' });
      expect(doctor.stdout).toMatch(/store +postgres:\/\/app:\*\*\*@127\.0\.0\.1:1\/traces {2}\(TRACE_STORE_URL\)/);
      expect(doctor.stdout).toMatch(/❌ shared store .*out of reach/);
      expect(JSON.parse(config.stdout).mcpServers.traces.args.slice(-2)).toEqual([
        '--store',
        'postgres://app@127.0.0.1:1/traces',
      ]);
      for (const { stdout, stderr } of [list, strict, doctor, config]) expect(stdout + stderr).not.toContain('geheim');
    }, 60_000);

    it('ships beside an application until it is stopped, and serves what it ships', async () => {
      await read('db', 'init');
      const sidecar = started(['ship', '--dir', written.dir, '--follow'], { TRACE_STORE_URL: store });
      const { cli, url } = await serving();
      const stream = await SseClient.connect(`${url}/stream`);
      const watch = started(['watch', '--store', store]);
      await watch.until('stderr', 'Watching postgres://');
      for (let n = 0; n < 5; n += 1) written.record(`contact-${n}`, 'Hola');
      await stream.ended('contact-4');
      const ended = stream.messages.filter(({ type }) => type === 'trace.ended').map(({ data }) => data.contact_id);
      expect(ended.toSorted()).toEqual(['contact-0', 'contact-1', 'contact-2', 'contact-3', 'contact-4']);
      await watch.until('stdout', 'contact-4');
      written.record('the-last', 'Hola');
      sidecar.child.kill('SIGTERM');
      expect(await sidecar.result).toMatchObject({ code: 0 });
      await stream.ended('the-last');
      cli.child.kill('SIGTERM');
      await stream.done;
      expect(await cli.result).toMatchObject({ code: 0, stderr: '' });
    }, 60_000);

    it('waits for a directory that is not there yet', async () => {
      await read('db', 'init');
      const dir = join(temporaryDirectory(), 'traces');
      const sidecar = started(['ship', '--dir', dir, '--follow', '--store', store]);
      await sidecar.until('stderr', 'Waiting for traces in');
      const late = await openTraceDirectory(dir);
      const id = late.record('maria-1', 'Hola');
      await sidecar.until('stderr', 'Shipping');
      await late.close();
      const { url } = await serving();
      const found = async (): Promise<boolean> => (await fetch(`${url}/trace/${id}`)).ok;
      while (!(await found())) await new Promise((resolve) => setTimeout(resolve, 100));
      sidecar.child.kill('SIGINT');
      expect((await sidecar.result).code).toBe(0);
    }, 60_000);

    describe('while the database is away', () => {
      afterEach(async () => {
        await server.stop();
        await server.run();
      });

      it('serve starts, says so, answers with a sentence, and answers again when it is back', async () => {
        const id = written.record('maria-1', 'Hola');
        await shipped();
        await server.stop('immediate');
        const { cli, url } = await serving();
        expect(cli.stderr).toContain('out of reach');
        const list = await fetch(`${url}/traces`);
        expect([list.status, await list.json()]).toEqual([503, expect.objectContaining({ code: 'STORE_UNAVAILABLE' })]);
        expect((await fetch(url)).status).toBe(200);
        const health = (await (await fetch(`${url}/health`)).json()) as Record<string, any>;
        expect(health).toMatchObject({ status: 'degraded', shared: { kind: 'postgres', connected: false } });
        await server.run();
        const found = async (): Promise<boolean> => (await fetch(`${url}/trace/${id}`)).ok;
        while (!(await found())) await new Promise((resolve) => setTimeout(resolve, 100));
        const well = (await (await fetch(`${url}/health`)).json()) as Record<string, any>;
        expect(well).toMatchObject({ status: 'ok', shared: { connected: true } });
      }, 60_000);
    });

    it.each([
      [['list', '--store', 'mysql://a:geheim@c/d'], "--store is 'mysql://a:***@c/d'; allowed"],
      [['list', '--store', 'postgres://a@c/d', '--dir', 'x'], '--store and --dir exclude each other'],
      [['list', '--store', 'postgres://a@c/d', '--url', 'x'], '--store and --url exclude each other'],
      [['ship'], 'ship needs a shared store'],
      [['db', 'status'], 'db status needs a shared store'],
      [['db', 'stats', '--store', 'postgres://a@c/d'], "Did you mean 'status'?"],
      [['db', 'status', '--print'], 'use --print with migrate'],
    ])('%j: exit 2', async (args, message) => {
      const result = await runCli(args);
      expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
      expect(result.stderr).not.toContain('geheim');
    });

    it('prints the SQL without any database', async () => {
      const { code, stdout } = await runCli(['db', 'migrate', '--print']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('CREATE TABLE')]);
    });
  },
);
