import { createRequire } from 'node:module';
import { Body, Controller, type INestApplication, Module, Post, Sse } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { jest } from '@jest/globals';
import { NEVER } from 'rxjs';
import { runInTrace } from '../context/functions/run-in-trace.js';
import { TraceTestingModule, tracesOf } from './trace-testing.module.js';

@Controller('webhook')
class Hook {
  @Post() take(@Body() body: { hang?: boolean }) {
    if (body.hang) runInTrace({ contactId: 'hung' }, () => new Promise(() => undefined));
    return 1;
  }

  @Sse('stream') stream() {
    return NEVER;
  }
}

const sinon = createRequire(import.meta.url)('@sinonjs/fake-timers') as {
  withGlobal(global: object): { install(options: object): { uninstall(): void } };
};

/** The ways in which tests stop time. Only `nextTick` stays: Node's own streams use it. */
const FAKES: [string, () => () => void][] = [
  ['modern ones of Jest', () => (jest.useFakeTimers({ doNotFake: ['nextTick'] }), () => jest.useRealTimers())],
  [
    'legacy ones of Jest',
    () => {
      const { nextTick } = process;
      jest.useFakeTimers({ legacyFakeTimers: true });
      process.nextTick = nextTick;
      return () => jest.useRealTimers();
    },
  ],
  [
    'those of Sinon',
    () => {
      const toFake = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'queueMicrotask'];
      const clock = sinon.withGlobal(globalThis).install({ now: 0, toFake });
      return () => clock.uninstall();
    },
  ],
];

describe.each(FAKES)('with fake timers (%s)', (_name, install) => {
  let app: INestApplication;
  let restore: () => void;
  beforeEach(() => (restore = install()));
  afterEach(async () => {
    restore();
    await app.close();
  });

  async function start(
    storage: 'memory' | 'directory',
    lifecycle = {},
  ): Promise<(path: string, body: object) => Promise<Response>> {
    @Module({
      imports: [TraceTestingModule.forRoot({ storage, lifecycle, debug: { access: 'loopback' } })],
      controllers: [Hook],
    })
    class App {}
    app = (await Test.createTestingModule({ imports: [App] }).compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    return (path, body) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
  }

  it.each(['memory', 'directory'] as const)('a trace ends, and waitFor returns it (%s)', async (storage) => {
    const post = await start(storage);
    await post('/webhook', { contactId: 'ana', message: 'hi' });
    expect(await tracesOf(app).waitFor({ contactId: 'ana', status: 'completed' })).toMatchObject({ contact_id: 'ana' });
  });

  it('waitFor gives up in real time', async () => {
    await start('memory');
    await expect(tracesOf(app).waitFor({ contactId: 'none' }, 50)).rejects.toThrow(/within 50 ms/);
  });

  it('a trace waits for a reply, and ends as silent', async () => {
    const post = await start('memory', { expectReply: { withinMs: 100 } });
    await post('/webhook', { contactId: 'ana', message: 'hi' });
    expect(await tracesOf(app).waitFor({ contactId: 'ana', status: 'silent' })).toMatchObject({ status: 'silent' });
  });

  it('work that hangs ends as timeout', async () => {
    const post = await start('memory', { maxMs: 150 });
    await post('/webhook', { contactId: 'ana', hang: true });
    expect(await tracesOf(app).waitFor({ contactId: 'hung', status: 'timeout' })).toMatchObject({ status: 'timeout' });
  });

  it('the stream reports it', async () => {
    const post = await start('directory');
    const { port } = app.getHttpServer().address();
    const abort = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/debug/stream`, { signal: abort.signal });
    await post('/webhook', { contactId: 'ana', message: 'hi' });
    let text = '';
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString();
      if (text.includes('trace.ended')) break;
    }
    expect(text).toContain('trace.started');
    abort.abort();
  });
});
