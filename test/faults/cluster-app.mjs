/**
 * One instance of a cluster, which may be in a network of its own: it sends its own webhooks, and takes questions to its own
 * routes on stdin, one line of JSON each. The id of each answered webhook is written, with a separate `write`, into `acks`.
 */
import 'reflect-metadata';
import { openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, traceEvent, traceReply } from 'nestjs-trace-collector';
import { postgres } from 'nestjs-trace-collector/postgres';

const { dir, url, schema, instance, acks, perSecond, durability } = JSON.parse(process.argv[2]);
const pad = 'x'.repeat(300);
const file = openSync(acks, 'a');

class WebhookController {
  async receive({ contactId }) {
    for (let n = 0; n < 4; n += 1) {
      traceEvent('step', { n, pad });
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    traceReply(`Hola, ${contactId}`);
    return { ok: true };
  }
}
const { prototype } = WebhookController;
const handler = Object.getOwnPropertyDescriptor(prototype, 'receive');
Post()(prototype, 'receive', handler);
HttpCode(200)(prototype, 'receive', handler);
Body()(prototype, 'receive', 0);
Controller('webhook')(WebhookController);

class AppModule {}
Module({
  imports: [
    TraceModule.forRoot({
      storage: { dir, instance, durability, shared: postgres({ url, schema }) },
      lifecycle: { quietMs: 50 },
      debug: { access: 'loopback' },
    }),
  ],
  controllers: [WebhookController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;

let sending = true;
let sent = 0;
async function send(contactId) {
  const response = await fetch(`${base}/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contactId, body: 'hola' }),
  });
  await response.text();
  writeSync(file, `${response.headers.get('x-trace-id')}\n`);
}
setInterval(() => {
  if (!sending) return;
  sent += 1;
  send(`${instance}-${sent % 50}`).catch(() => undefined);
}, 1_000 / perSecond);

const DEEDS = {
  ask: async ({ path, method = 'GET' }) => {
    const began = performance.now();
    const response = await fetch(`${base}${path}`, { method });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text), ms: performance.now() - began };
  },
  sendFor: async ({ contactId, count }) => {
    for (let n = 0; n < count; n += 20) {
      await Promise.all(Array.from({ length: Math.min(20, count - n) }, () => send(contactId)));
    }
    return {};
  },
  stopSending: async () => {
    sending = false;
    return {};
  },
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, what, ...given } = JSON.parse(line);
  const answer = await DEEDS[what](given).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify({ id, ...answer }));
});
console.log(JSON.stringify({ id: 0 }));
