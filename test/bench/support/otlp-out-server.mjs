/**
 * The application of `bench -- otlp-out`: the workflow of `bench -- app` (twelve steps, 38 KB), with or without a receiver of
 * OTLP. It answers a webhook with the `traceparent` of each of its steps, and reports its CPU, its memory, the delay of its
 * event loop and what health says about the sending, whenever its parent asks.
 */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTrace, Traced, TraceModule, TraceService } from 'nestjs-trace-collector';
import { freshValues, STEPS, Workflow } from '../peers/app/steps.mjs';
import { mainThreadCpuMs } from './measure.mjs';

const { dir, url } = JSON.parse(process.argv[2]);
/** Made once: values of each request would be most of what a request costs. */
const VALUES = Array.from({ length: 64 }, (_, n) => freshValues(n));

for (const [name, kind] of STEPS) {
  const descriptor = Object.getOwnPropertyDescriptor(Workflow.prototype, name);
  const { value: step } = descriptor;
  descriptor.value = {
    [name](input) {
      this.spans.push(currentTrace().traceparent);
      return step.call(this, input);
    },
  }[name];
  Traced({ name, kind })(Workflow.prototype, name, descriptor);
  Object.defineProperty(Workflow.prototype, name, descriptor);
}

class WebhookController {
  async receive(body) {
    const workflow = new Workflow(VALUES[body.n % VALUES.length]);
    workflow.spans = [];
    await workflow.run();
    return { spans: workflow.spans };
  }
}
const { prototype } = WebhookController;
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'receive');
Body()(prototype, 'receive', 0);
HttpCode(200)(prototype, 'receive', descriptor);
Post()(prototype, 'receive', descriptor);
Controller('webhook')(WebhookController);
class AppModule {}
const tracing = TraceModule.forRoot({ storage: { dir }, ...(url && { otlp: { url } }) });
Module({ imports: [tracing], controllers: [WebhookController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

process.on('message', async (what) => {
  if (what === 'close') return void app.close().then(() => process.exit(0));
  // Before the question itself is worked on.
  const main_ms = mainThreadCpuMs();
  const loop_p99_ms = loop.percentile(99) / 1e6;
  const { otlp } = await app.get(TraceService).health();
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  const counted = mainThreadCpuMs();
  loop.reset();
  process.send({ main_ms, counted, loop_p99_ms, rss_mb: rss / 2 ** 20, heap_mb: heapUsed / 2 ** 20, otlp });
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port });
