import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { postgres } from 'nestjs-trace-collector/postgres';
import { traceEvent, traceReply } from 'nestjs-trace-collector';
import { PostgresServer } from './support/postgres.mjs';
import { type RunningApp, startApp } from './support/nest-app.js';

@Controller('webhook')
class Hook {
  @Post()
  @HttpCode(202)
  take(@Body() { message }: { message: string }) {
    traceEvent('step', { message });
    if (message === 'fail') throw new Error('the calendar is closed');
    traceReply('Hola');
  }
}

const { missing } = PostgresServer;
/** Longer than any wait here may take: what is awaited comes, or the test fails with its last value. */
const PATIENCE_MS = 15_000;

/** The first answer for which `test` holds. */
async function until<T>(ask: () => Promise<T>, test: (answer: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const answer = await ask();
    if (test(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer).slice(0, 1_000)}`);
    await delay(25);
  }
}

(missing ? describe.skip : describe)(`two applications with one database${missing ? ` (${missing})` : ''}`, () => {
  let server: PostgresServer;
  let schemas = 0;
  let apps: RunningApp[] = [];
  const dirs: string[] = [];

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.close());
  beforeEach(() => (schemas += 1));
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });

  const start = async (instance: string, more: object = {}, dir?: string): Promise<RunningApp> => {
    const own = dir ?? mkdtempSync(join(tmpdir(), 'trace-shared-'));
    dirs.push(own);
    const shared = postgres({ url: server.url, schema: `s${schemas}` });
    const app = await startApp({
      dir: own,
      controllers: [Hook],
      options: { storage: { dir: own, shared, instance, ...more } },
    });
    apps.push(app);
    return app;
  };
  const send = async (app: RunningApp, contact: string, message = 'hola'): Promise<string> => {
    const response = await app.post('/webhook', { contact_id: contact, message });
    expect(response.status).toBe(message === 'fail' ? 500 : 202);
    return response.headers.get('x-trace-id')!;
  };
  const contactsIn = ({ traces }: { traces: { contact_id: string }[] }): string[] =>
    traces.map(({ contact_id }) => contact_id);

  it('shows a webhook of one in the list, the trace and the stream of the other', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const stream = await b.stream();
    await until(
      () => b.debug('/health'),
      ({ shared }) => shared?.connected === true,
    );
    const id = await send(a, 'ana');
    const started = await stream.until(({ type, data }) => type === 'trace.started' && data.contact_id === 'ana');
    expect(started.data).toMatchObject({ trace_id: id, instance: 'a' });
    await stream.ended('ana');
    stream.close();
    const list = await until(
      () => b.debug('/traces'),
      ({ traces }) => traces[0]?.status === 'completed',
    );
    expect(list).toMatchObject({ count: 1, traces: [{ trace_id: id, contact_id: 'ana', instance: 'a' }] });
    expect(list).not.toHaveProperty('degraded');
    expect(await b.debug(`/trace/${id}`)).toMatchObject({
      instance: 'a',
      status: 'completed',
      webhook_message: 'hola',
    });
    expect(await b.debug('/traces?instance=b')).toMatchObject({ count: 0 });
    expect(await b.debug('/traces?q=instance:a')).toMatchObject({ count: 1 });
    expect(await b.debug('/stats')).toMatchObject({ total_traces: 1 });
    const { instances } = await until(
      () => b.debug('/instances'),
      ({ count }) => count === 2,
    );
    expect(instances.map(({ instance }: any) => instance).sort()).toEqual(['a', 'b']);
    expect(instances[0]).toMatchObject({ state: 'live', lost_bytes: 0, pid: process.pid });
  });

  it('has its own records in its own answers, always', async () => {
    const [a, b] = [await start('a'), await start('b')];
    for (let n = 0; n < 100; n += 1) {
      const app = n % 2 === 0 ? a : b;
      const id = await send(app, `c${n}`);
      const list = await app.debug('/traces?limit=1');
      expect(list.traces[0]).toMatchObject({ trace_id: id, instance: app === a ? 'a' : 'b' });
      if (n % 10 < 2) expect(await app.debug(`/trace/${id}`)).toMatchObject({ trace_id: id });
    }
    // What the other one recorded last is on its way.
    const all = await until(
      () => a.debug('/traces?limit=200'),
      ({ count }) => count === 100,
    );
    expect(new Set(contactsIn(all)).size).toBe(100);
  }, 60_000);

  it('answers locally while the database is down, says so, and has everything afterwards', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await send(a, 'before-a');
    await send(b, 'before-b');
    await until(
      () => a.debug('/traces'),
      ({ count }) => count === 2,
    );

    await server.stop('immediate');
    for (const app of [a, b]) {
      expect(await app.debug('/health')).toMatchObject({
        status: 'degraded',
        shared: { kind: 'postgres', connected: false, last_error: expect.any(String) },
        reasons: expect.arrayContaining([expect.stringMatching(/^The shared store postgres:.* since \d\d:\d\d:\d\d/)]),
      });
    }
    const id = await send(a, 'during');
    const list = await a.debug('/traces');
    expect(contactsIn(list)).toEqual(['during', 'before-a']);
    expect(list.degraded).toMatch(
      /^The shared store has been unreachable since \d\d:\d\d:\d\d: this shows only what this instance recorded/,
    );
    expect(contactsIn(await b.debug('/traces'))).toEqual(['before-b']);
    for (const path of ['/stats', '/active', '/insights', '/errors', '/instances', '/contacts/during', '/last-trace']) {
      const response = await fetch(`${a.url}/debug${path}`);
      expect([path, response.status, ((await response.json()) as any).degraded]).toEqual([
        path,
        200,
        expect.any(String),
      ]);
    }
    expect(await a.debug(`/trace/${id}`)).toMatchObject({ trace_id: id });
    const refused = await fetch(`${a.url}/debug/contacts/during`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    });
    expect([refused.status, await refused.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Nothing was erased') }),
    ]);

    await server.run();
    const back = await until(
      () => b.debug('/traces'),
      ({ count }) => count === 3,
    );
    expect(contactsIn(back)).toEqual(['during', 'before-b', 'before-a']);
    for (const app of [a, b]) {
      await until(
        () => app.debug('/health'),
        ({ status, shared }) => status === 'ok' && shared.connected && shared.lag_bytes === 0,
      );
      expect(await app.debug('/traces')).not.toHaveProperty('degraded');
    }
  });

  it('starts and records while the database is away, and ships when it comes', async () => {
    await server.stop('immediate');
    const a = await start('a');
    await send(a, 'ana');
    expect(await a.debug('/traces')).toMatchObject({ count: 1, degraded: expect.any(String) });
    await server.run();
    const b = await start('b');
    await until(
      () => b.debug('/traces'),
      ({ count }) => count === 1,
    );
  });

  it('ships the rest when it is closed', async () => {
    const a = await start('a');
    await until(
      () => a.debug('/health'),
      ({ shared }) => shared.connected,
    );
    await send(a, 'ana', 'fail').then(() => a.close());
    apps = apps.filter((app) => app !== a);
    const b = await start('b');
    expect(await b.debug('/traces')).toMatchObject({ count: 1, traces: [{ contact_id: 'ana', status: 'error' }] });
    expect((await b.debug('/instances')).instances).toEqual(
      expect.arrayContaining([expect.objectContaining({ instance: 'a', state: 'closed' })]),
    );
  });

  it('erases a contact from the database and from both directories', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await send(a, 'ana-to-erase');
    await send(b, 'ana-to-erase');
    await until(
      () => a.debug('/traces?contact_id=ana-to-erase'),
      ({ count }) => count === 2,
    );
    await until(
      () => a.debug('/active'),
      ({ count }) => count === 0,
    );
    const response = await fetch(`${a.url}/debug/contacts/ana-to-erase`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toMatchObject({ removed: 2 });
    expect(await b.debug('/traces')).toMatchObject({ count: 0 });
  });

  it('needs no code: the environment variable is enough', async () => {
    const given = process.env.TRACE_STORE_URL;
    process.env.TRACE_STORE_URL = `${server.url}?schema=s${schemas}`;
    try {
      const a = await start('a', { shared: undefined });
      expect(
        await until(
          () => a.debug('/health'),
          ({ shared }) => shared !== undefined,
        ),
      ).toMatchObject({
        shared: { kind: 'postgres' },
      });
      await send(a, 'ana');
      expect((await server.query(`SELECT count(*) AS n FROM pg_namespace WHERE nspname = 's${schemas}'`))[0]).toEqual({
        n: '1',
      });
    } finally {
      if (given === undefined) delete process.env.TRACE_STORE_URL;
      else process.env.TRACE_STORE_URL = given;
    }
  });
});
