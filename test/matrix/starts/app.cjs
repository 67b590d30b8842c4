// One way to start an application, in a directory that has one version of Nest: `node app.cjs <way>`. Prints one line
// of JSON: its records and log lines. Exits by itself.
require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Controller, Module, Post } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { TraceModule, TraceService } = require('nestjs-trace-collector');

class Hook {
  take() {
    return { ok: true };
  }
}
Post()(Hook.prototype, 'take', Object.getOwnPropertyDescriptor(Hook.prototype, 'take'));
Controller('webhook')(Hook);

const dir = mkdtempSync(join(tmpdir(), 'start-'));
class App {}
Module({
  imports: [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 }, debug: { access: 'loopback' } })],
  controllers: [Hook],
})(App);

const lines = [];
const own = (message, ...rest) => rest.at(-1) === 'TraceModule' && lines.push(String(message));
const logger = { log: own, warn: own, error: own, fatal: own, debug() {}, verbose() {} };

const adapter = (name) =>
  name === 'fastify'
    ? new (require('@nestjs/platform-fastify').FastifyAdapter)()
    : new (require('@nestjs/platform-express').ExpressAdapter)();

const WAYS = {
  express: () => NestFactory.create(App, adapter('express'), { logger }),
  fastify: () => NestFactory.create(App, adapter('fastify'), { logger }),
  testing: async () => (await testingModule()).createNestApplication(adapter('express'), { logger }),
  'testing on fastify': async () => (await testingModule()).createNestApplication(adapter('fastify'), { logger }),
  context: () => NestFactory.createApplicationContext(App, { logger }),
  microservice: () => NestFactory.createMicroservice(App, { logger, options: { port: 0 } }),
};

const testingModule = () =>
  require('@nestjs/testing')
    .Test.createTestingModule({ imports: [App] })
    .setLogger(logger)
    .compile();

async function main(way) {
  const app = await WAYS[way]();
  const service = app.get(TraceService);
  const found = { way, traces: [], link: undefined, logged: 0 };
  if (app.getHttpServer) {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address();
    const post = (body) =>
      fetch(`http://127.0.0.1:${port}/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const good = await post('{"contactId":"ana","message":"hi"}');
    // The body parser refuses it, so only earlier middleware receives this one.
    const bad = await post('{"contactId":');
    found.answers = [good, bad].map((answer) => `${answer.status} ${answer.headers.has('x-trace-id')}`);
    found.link = lines.some((line) => line.includes(`http://localhost:${port}/debug`));
    found.page = (await fetch(`http://127.0.0.1:${port}/debug/health`)).status;
  } else if (app.listen) await app.listen();
  service.runInTrace({ contactId: 'cron', type: 'cron' }, () => 1);
  const { traces } = await service.traces();
  found.traces = traces.map((trace) => trace.contact_id).sort();
  found.health = (await service.health()).reasons;
  found.logged = lines.length;
  await app.close();
  rmSync(dir, { recursive: true, force: true });
  console.log(JSON.stringify(found));
}

main(process.argv[2]).catch((error) => {
  console.log(JSON.stringify({ way: process.argv[2], error: String(error && error.stack) }));
  process.exit(1);
});
