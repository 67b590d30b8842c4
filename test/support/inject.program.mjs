// Injects a webhook into Fastify and prints its answer and its trace. Plain JavaScript, since it is a separate process.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { currentTrace, TraceModule, TraceService } from 'nestjs-trace-collector';

class WebhookController {
  receive() {
    return { contact: currentTrace()?.contactId };
  }
}
const { prototype } = WebhookController;
Post()(prototype, 'receive', Object.getOwnPropertyDescriptor(prototype, 'receive'));
Controller('webhook')(WebhookController);

const dir = mkdtempSync(join(tmpdir(), 'trace-inject-'));
class AppModule {}
Module({
  imports: [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 } })],
  controllers: [WebhookController],
})(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.init();
const response = await app.inject({ method: 'POST', url: '/webhook', payload: { contactId: 'inj-1' } });
const id = response.headers['x-trace-id'];
const traces = app.get(TraceService);
const ended = new Promise((resolve) => {
  const live = traces.stream({ after: undefined }).subscribe(({ type }) => {
    if (type !== 'trace.ended') return;
    live.unsubscribe();
    resolve();
  });
});
if ((await traces.trace(id)).status === 'active') await ended;
console.log(JSON.stringify({ id, answer: response.json(), trace: await traces.trace(id) }));
await app.close();
rmSync(dir, { recursive: true, force: true });
process.exit();
