import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JournalWriter } from '../libs/trace/src/journal/write/writer.js';
import { keyPrefix } from '../libs/trace/src/model/trace-key.js';
import { unpackLines } from '../libs/trace/src/shared/chunk.js';
import type * as Client from '../libs/trace/src/ship-worker/client.js';
import type * as Directory from '../libs/trace/src/ship-worker/ship-directory.js';
import { postgres } from '../libs/trace/src/store/shared-target.js';
import { PostgresServer } from './support/postgres.mjs';

/** Of the built package, where the worker is a thread. */
const built = (file: string): Promise<unknown> =>
  import(pathToFileURL(join(process.cwd(), 'dist/libs/trace/src/ship-worker', file)).href);
const { ShipClient } = (await built('client.js')) as typeof Client;
const { shipDirectory } = (await built('ship-directory.js')) as typeof Directory;

const { missing } = PostgresServer;
const retention = { maxAgeMs: 7 * 86_400_000, errorMaxAgeMs: 30 * 86_400_000, maxBytes: undefined };

(missing ? describe.skip : describe)(`the worker that ships${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let dir: string;
  let schema: string;
  let schemas = 0;
  const clients: Client.ShipClient[] = [];

  beforeAll(async () => {
    server = await PostgresServer.start();
  });

  afterAll(() => server.close());

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ship-worker-'));
    schemas += 1;
    schema = `s${schemas}`;
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close(0);
    rmSync(dir, { recursive: true, force: true });
  });

  const target = () => postgres({ url: server.url, schema });

  function open(
    writer: JournalWriter,
    more: Partial<ConstructorParameters<typeof ShipClient>[0]> = {},
  ): Client.ShipClient {
    const client = new ShipClient({ writer, dir, target: target(), instance: 'one', retention, ...more });
    clients.push(client);
    return client;
  }

  function record(writer: JournalWriter, traces: number): void {
    const prefix = keyPrefix(writer.writer);
    const ts = Date.now() * 1000;
    for (let n = 0; n < traces; n += 1) {
      const trace = `${prefix}-${process.hrtime.bigint()}`;
      writer.append({ kind: 'open', trace, id: `unknown_${trace}`, traceparent: '', ts });
      writer.append({ kind: 'event', trace, type: 'step', data: '{"a":1}' as never, ts: ts + 1 });
      writer.append({ kind: 'end', trace, status: 'completed', ts: ts + 2 });
    }
  }

  const lines = (): string[] =>
    readdirSync(join(dir, 'journal'))
      .flatMap((name) => readFileSync(join(dir, 'journal', name), 'utf8').split('\n'))
      .filter((line) => line.includes('"trace":'))
      .toSorted();

  async function shipped(): Promise<string[]> {
    const rows = await server.query<{ body: Buffer }>(`SELECT body FROM ${schema}.chunks`);
    return rows.flatMap(({ body }) => unpackLines(body).toString().split('\n').slice(0, -1)).toSorted();
  }

  const until = async (check: () => unknown): Promise<void> => {
    while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('ships what the process records, and says when that is done', async () => {
    const writer = new JournalWriter({ dir });
    const client = open(writer);
    expect(await client.flush(1)).toBe(true);
    record(writer, 50);
    await until(() => client.flush(1_000));
    expect(await shipped()).toEqual(lines());
    record(writer, 1);
    expect(await client.flush(5_000)).toBe(true);
    expect(await shipped()).toEqual(lines());
    expect(client.state).toMatchObject({ connected: true, lostBytes: 0, lastError: null });
    writer.close();
  });

  it('ships the rest when the journal is sealed, and says that the process was closed', async () => {
    const writer = new JournalWriter({ dir });
    const client = open(writer);
    record(writer, 1);
    await until(() => client.flush(1_000));
    record(writer, 20);
    writer.close();
    await client.close(10_000);
    expect(await shipped()).toEqual(lines());
    const sources = await server.query(`SELECT instance, closed, lag_bytes FROM ${schema}.sources`);
    expect(sources).toEqual([{ instance: 'one', closed: true, lag_bytes: '0' }]);
  });

  it('waits for a database that is down, and loses nothing', async () => {
    const writer = new JournalWriter({ dir });
    const client = open(writer);
    record(writer, 5);
    await until(() => client.flush(1_000));
    await server.stop('immediate');
    try {
      record(writer, 200);
      await until(() => !client.state.connected);
      expect(client.state.lastError).not.toBeNull();
      expect(await client.flush(5_000)).toBe(false);
      await until(() => client.state.lagBytes > 0);
      await until(() => client.state.lagMs > 0);
    } finally {
      await server.run();
    }
    await until(() => client.flush(1_000));
    await until(() => client.state.lagBytes === 0);
    expect(client.state).toMatchObject({ connected: true, lagMs: 0 });
    expect(await shipped()).toEqual(lines());
    writer.close();
  });

  it('is started again after its death, and goes on where the database is', async () => {
    const writer = new JournalWriter({ dir });
    const flag = join(dir, 'die');
    const worker = pathToFileURL(join(process.cwd(), 'dist/libs/trace/src/ship-worker/worker.js')).href;
    const code = `import { existsSync, rmSync } from 'node:fs';
      setInterval(() => {
        if (!existsSync(${JSON.stringify(flag)})) return;
        rmSync(${JSON.stringify(flag)});
        throw new Error('a fault of ours');
      }, 5);
      await import(${JSON.stringify(worker)});`;
    const file = join(dir, 'worker.mjs');
    writeFileSync(file, code);
    const client = open(writer, { workerUrl: pathToFileURL(file) });
    record(writer, 5);
    await until(() => client.flush(1_000));
    writeFileSync(flag, '');
    await until(() => !client.state.connected);
    expect(client.state.lastError).toContain('a fault of ours');
    // Also where nothing more is recorded.
    await until(() => client.state.connected);
    record(writer, 5);
    await until(() => client.flush(1_000));
    expect(await shipped()).toEqual(lines());
    writer.close();
  });

  it('does not keep the process alive, and what it left is shipped by another one', async () => {
    const program = `
      import { JournalWriter } from ${url('journal/write/writer.js')};
      import { ShipClient } from ${url('ship-worker/client.js')};
      const dir = ${JSON.stringify(dir)};
      const writer = new JournalWriter({ dir });
      new ShipClient({ writer, dir, target: ${JSON.stringify(target())}, instance: 'short', retention: ${JSON.stringify(retention)} });
      writer.append({ kind: 'open', trace: '1x00000000-1', id: 'a', traceparent: '', ts: 1_700_000_000_000_000 });
      setTimeout(() => undefined, 600);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    const progress: Directory.ShipProgress[] = [];
    const last = await shipDirectory({ dir, target: target(), onProgress: (each) => progress.push(each) });
    expect(last).toMatchObject({ lostBytes: 0, error: null });
    expect(last.shippedBytes).toBe(last.bytes);
    expect(progress.at(-1)).toEqual(last);
    expect(await shipped()).toEqual(lines());
  });

  it('a program beside the application ships what that records, until it is stopped', async () => {
    const writer = new JournalWriter({ dir });
    record(writer, 5);
    const { abort, signal } = controller();
    const done = shipDirectory({ dir, target: target(), follow: true, signal, instance: 'pod-7' });
    await until(async () => (await shipped().catch(() => [])).length === 15);
    record(writer, 5);
    await until(async () => (await shipped()).length === 30);
    abort();
    await done;
    expect(await server.query(`SELECT instance FROM ${schema}.sources`)).toEqual([{ instance: 'pod-7' }]);
    writer.close();
  });

  it('shipDirectory rejects where the database does not answer at the start', async () => {
    const writer = new JournalWriter({ dir });
    record(writer, 1);
    writer.close();
    const nowhere = postgres({ url: 'postgres://user:secret@127.0.0.1:1/x' });
    await expect(shipDirectory({ dir, target: nowhere })).rejects.toThrow(/^(?!.*secret)/);
  });

  function controller() {
    const made = new AbortController();
    return { signal: made.signal, abort: () => made.abort() };
  }

  function url(path: string): string {
    return JSON.stringify(pathToFileURL(join(process.cwd(), 'dist/libs/trace/src', path)).href);
  }
});
