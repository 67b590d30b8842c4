/**
 * A program that records traces, closes nothing and comes to its end: `ending.program.mjs <ways> <traces' directory>`.
 * Prints `end` with its last statement.
 */
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TraceModule, TraceService, traceEvent } from 'nestjs-trace-collector';

const [way, dir] = process.argv.slice(2);
/** Delay after the first record until the index reads it, without a query. */
const INDEX_STARTS_MS = 1_100;

const quiet = { logger: false };
const tcp = { ...quiet, transport: Transport.TCP, options: { port: 0 } };
let applications = 0;

class WebhookController {
  receive() {
    traceEvent('last-step');
    return {};
  }
}
Controller('webhook')(WebhookController);
Post()(WebhookController.prototype, 'receive', Object.getOwnPropertyDescriptor(WebhookController.prototype, 'receive'));

/** An application with a separate directory. */
function appModule() {
  applications += 1;
  const storage = { dir: join(dir, String(applications)) };
  return class AppModule {
    static {
      Module({ imports: [TraceModule.forRoot({ storage })], controllers: [WebhookController] })(AppModule);
    }
  };
}

function record(app) {
  const traces = app.get(TraceService);
  traces.runInTrace({ contactId: 'contact', type: 'test' }, () => traces.traceEvent('last-step'));
  return traces;
}

async function ask(app) {
  const traces = record(app);
  for (const { trace_id: id } of (await traces.traces()).traces) await traces.trace(id);
  await Promise.all([traces.health(), traces.stats(), traces.traces({ q: 'nowhere' })]);
  return traces;
}

/** Listens on the server, asks for `/debug`, closes the server and not the application. */
async function serve(adapter) {
  const app = await NestFactory.create(appModule(), ...adapter, quiet);
  await app.init();
  const server = app.getHttpServer();
  await (adapter.length > 0 ? app.listen(0) : once(server.listen(0), 'listening'));
  const url = `http://localhost:${server.address().port}`;
  await (await fetch(`${url}/webhook`, { method: 'POST' })).text();
  for (const path of ['health', 'traces', 'stats']) await (await fetch(`${url}/debug/${path}`)).text();
  const stream = await fetch(`${url}/debug/stream`);
  await stream.body.cancel();
  server.close();
  server.closeAllConnections();
}

const ways = {
  'a script': async () => void record(await NestFactory.createApplicationContext(appModule(), quiet)),
  'applications without a query': async () => {
    record(await NestFactory.createApplicationContext(appModule(), quiet));
    record(await (await NestFactory.create(appModule(), quiet)).init());
    record(await (await NestFactory.create(appModule(), new FastifyAdapter(), quiet)).init());
    record(await NestFactory.createMicroservice(appModule(), tcp));
    const service = await NestFactory.createMicroservice(appModule(), tcp);
    await service.listen();
    record(service);
    await pause(INDEX_STARTS_MS);
    await service.close();
  },
  'applications that were asked': async () => {
    await ask(await NestFactory.createApplicationContext(appModule(), quiet));
    const module = await Test.createTestingModule({ imports: [appModule()] }).compile();
    const traces = await ask(await module.createNestApplication(undefined, quiet).init());
    // A stream that stays open.
    await new Promise((resolve) => {
      traces.stream({ after: '0.0' }).subscribe(resolve);
    });
    await pause(INDEX_STARTS_MS);
  },
  'a question on its way': async () => {
    const traces = record(await NestFactory.createApplicationContext(appModule(), quiet));
    void traces.traces().then(({ count }) => console.log(`answer: ${count}`));
  },
  '/debug on servers that were closed': async () => {
    await serve([]);
    await serve([new FastifyAdapter()]);
  },
};

await ways[way]();
console.log('end');
