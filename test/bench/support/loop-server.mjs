/** The application of `bench -- loop`: a webhook with two steps, and a measurement of its event loop's delay. */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, traceEvent } from 'nestjs-trace-collector';

const { dir, maxBytes } = JSON.parse(process.argv[2]);
const forever = '3650d';
const retention = { maxAge: forever, errorMaxAge: forever, maxBytes: maxBytes ?? 2 ** 40 };
const tracing = dir ? [TraceModule.forRoot({ storage: { dir }, retention, debug: { access: 'loopback' } })] : [];

class WebhookController {
  async receive() {
    traceEvent('agent_routing', { lead_score: 8, suggested_agent: 'sofia' });
    await turn();
    traceEvent('message_sent', { text: 'a reply' });
    return { ok: true };
  }
}
const { prototype } = WebhookController;
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'receive');
HttpCode(200)(prototype, 'receive', descriptor);
Post()(prototype, 'receive', descriptor);
Controller('webhook')(WebhookController);
class AppModule {}
Module({ imports: tracing, controllers: [WebhookController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');

const RESOLUTION_MS = 1;
const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
loop.enable();
/** The timer's own resolution is no delay. */
const ms = (ns) => Math.round((ns / 1e6 - RESOLUTION_MS) * 10) / 10;

process.on('message', (what) => {
  if (what === 'begin') loop.reset();
  else
    process.send({
      loop_p99_ms: ms(loop.percentile(99)),
      loop_p999_ms: ms(loop.percentile(99.9)),
      loop_max_ms: ms(loop.max),
    });
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port });
