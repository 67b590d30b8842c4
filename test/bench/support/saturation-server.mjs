/**
 * The application of `bench -- saturation`: the workflow of `bench -- app` (twelve steps, 38 KB), on the CPU that its parent
 * chose for it. It reports its memory, its event loop's delay and the index's lag whenever its parent asks.
 */
import 'reflect-metadata';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, Traced } from 'nestjs-trace-collector';
import { freshValues, STEPS, Workflow } from '../peers/app/steps.mjs';

const { dir, work } = JSON.parse(process.argv[2]);
for (const [name, kind] of STEPS) {
  const descriptor = Object.getOwnPropertyDescriptor(Workflow.prototype, name);
  const { value: step } = descriptor;
  descriptor.value = {
    async [name](input) {
      for (let i = 0; i < work; i += 1) JSON.parse(JSON.stringify(input));
      return step.call(this, input);
    },
  }[name];
  if (dir) Traced({ name, kind })(Workflow.prototype, name, descriptor);
  Object.defineProperty(Workflow.prototype, name, descriptor);
}

// Made once: at its limit, the application has no time to make new ones between readings.
const workflows = Array.from({ length: 64 }, (_, n) => new Workflow(freshValues(n)));
class WebhookController {
  async receive(body) {
    await workflows[(body.n ?? 0) % workflows.length].run();
    return { ok: true };
  }
}
const { prototype } = WebhookController;
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'receive');
Body()(prototype, 'receive', 0);
HttpCode(200)(prototype, 'receive', descriptor);
Post()(prototype, 'receive', descriptor);
Controller('webhook')(WebhookController);
class AppModule {}
const everyone = { canActivate: () => true };
const tracing = dir ? [TraceModule.forRoot({ storage: { dir }, debug: { guards: [everyone] } })] : [];
Module({ imports: tracing, controllers: [WebhookController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');

const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();

process.on('message', (what) => {
  if (what === 'close') return void app.close().then(() => process.exit(0));
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({
    rss_mb: rss / 2 ** 20,
    heap_mb: heapUsed / 2 ** 20,
    cpu_s: (user + system) / 1e6,
    loop_p99_ms: loop.percentile(99) / 1e6,
    loop_max_ms: loop.max / 1e6,
    ...(dir && { wal_bytes: walBytes() }),
  });
  loop.reset();
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port });

function walBytes() {
  return statSync(join(dir, 'catalog.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
}
