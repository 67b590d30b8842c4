import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as first from 'nestjs-trace-collector';
import { MemoryStore } from 'nestjs-trace-collector/testing';
import { keepingIn } from './support/keeping-in.js';

type Package = typeof first;

let copy: string;
let second: Package;
beforeAll(async () => {
  // Like a nested node_modules: both copies have the same Nest.
  mkdirSync('node_modules/.cache', { recursive: true });
  copy = mkdtempSync(resolve('node_modules/.cache/copy-'));
  cpSync('dist', join(copy, 'dist'), { recursive: true });
  cpSync('package.json', join(copy, 'package.json'));
  second = (await import(pathToFileURL(join(copy, 'dist/esm/index.js')).href)) as Package;
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** An application that imports the module of these copies, and whose handler uses the last one. */
async function start(copies: [Package, MemoryStore][]): Promise<{ app: INestApplication; post(): Promise<Response> }> {
  const { Traced, traceEvent, traceReply } = copies.at(-1)![0];
  class Agent {
    @Traced({ kind: 'agent' }) reply() {
      traceEvent('thought');
      traceReply('hello');
    }
  }
  @Controller('webhook')
  class Hook {
    @Post() take() {
      new Agent().reply();
    }
  }
  @Module({
    imports: copies.map(([{ TraceModule }, storage]) =>
      keepingIn(TraceModule.forRoot({ lifecycle: { quietMs: 20 } }), storage as never),
    ),
    controllers: [Hook],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}/webhook`;
  const headers = { 'content-type': 'application/json' };
  return { app, post: () => fetch(url, { method: 'POST', headers, body: '{"contactId":"ana","message":"hi"}' }) };
}

describe('two copies of the package', () => {
  it('have different classes', () => expect(second.TraceModule).not.toBe(first.TraceModule));

  it.each([
    ['the first', () => [first, second]],
    ['the second', () => [second, first]],
  ])(
    'in one application create one trace per webhook, with the records of both (%s is imported first)',
    async (_t, of) => {
      const stores = [new MemoryStore(), new MemoryStore()];
      const copies = of().map((one, i) => [one, stores[i]!] as [Package, MemoryStore]);
      const { app, post } = await start(copies);
      expect((await post()).headers.get('x-trace-id')).toMatch(/^ana_/);
      expect(await Promise.all(stores.map(async (store) => (await store.stats.counts()).total))).toEqual([1, 0]);
      // Either service returns the trace of the one that records.
      for (const [{ TraceService }] of copies) {
        const trace = await app.get(TraceService, { strict: false }).lastTrace();
        expect(trace.events.map(({ type }) => type)).toEqual(
          expect.arrayContaining(['webhook_received', 'agent', 'thought', 'message_sent']),
        );
      }
      await app.close();
    },
  );

  it('of which only one is imported share its traces', async () => {
    const store = new MemoryStore();
    const { app, post } = await start([[first, store]]);
    await post();
    expect(second.runInTrace({ contactId: 'cron' }, () => second.currentTrace()?.contactId)).toBe('cron');
    expect((await store.stats.counts()).total).toBe(2);
    await app.close();
  });

  it('in two applications record separately', async () => {
    const stores = [new MemoryStore(), new MemoryStore()];
    const apps = [await start([[first, stores[0]!]]), await start([[second, stores[1]!]])];
    for (const { post } of [apps[0]!, apps[1]!, apps[0]!]) await post();
    apps[0]!.app.get(first.TraceService).runInTrace({}, () => undefined);
    expect(first.runInTrace({}, () => second.currentTrace())).toBeUndefined();
    expect(await Promise.all(stores.map(async (store) => (await store.stats.counts()).total))).toEqual([3, 1]);
    for (const { app } of apps) await app.close();
  });
});
