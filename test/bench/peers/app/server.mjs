/**
 * One variant as a process: a Nest application with a webhook that runs the workflow and responds when it is done. Its
 * parent requests measurements over the channel; they are of this process.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const [variantName, sink, dir] = process.argv.slice(2);
// Some variants must load before Nest does.
const { setup } = await import(`./variants/${variantName}.mjs`);
const variant = await setup({ sink, dir });
const { Module, Post, Controller, HttpCode, Body } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');
const { STEPS, Workflow } = await import('./steps.mjs');

for (const [name, kind] of STEPS) {
  const descriptor = Object.getOwnPropertyDescriptor(Workflow.prototype, name);
  variant.step?.(Workflow.prototype, name, descriptor, kind);
  Object.defineProperty(Workflow.prototype, name, descriptor);
}

const workflow = new Workflow();
class WebhookController {
  async receive(body) {
    await workflow.run(body.n);
    return { ok: true };
  }
}
const descriptor = Object.getOwnPropertyDescriptor(WebhookController.prototype, 'receive');
Body()(WebhookController.prototype, 'receive', 0);
HttpCode(200)(WebhookController.prototype, 'receive', descriptor);
Post()(WebhookController.prototype, 'receive', descriptor);
Controller('webhook')(WebhookController);
class AppModule {}
Module({ imports: variant.imports ?? [], controllers: [WebhookController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
if (variant.middleware) app.use(variant.middleware);
await app.listen(0, '127.0.0.1');

process.on('message', async ({ ask }) => {
  if (ask === 'close') {
    await app.close();
    process.exit(0);
  }
  // Deferred work is part of the price: batches are sent, traces end, the index catches up.
  await pause(500);
  await variant.flush?.(app);
  // Collected before the count begins and after it ends: garbage collections in between count, these two do not.
  if (ask === 'begin') globalThis.gc();
  const counted = cpu();
  if (ask === 'end') globalThis.gc();
  process.send({ ...counted, heap: process.memoryUsage().heapUsed, delivered: variant.delivered?.() });
});
process.on('disconnect', () => process.exit(0));
process.send({ port: app.getHttpServer().address().port });

/** Milliseconds of CPU: of the main thread by the kernel's own count (in ns), of all threads by the process's. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return { main: mainThreadMs(), process: (user + system) / 1000 };
}

function mainThreadMs() {
  if (process.threadCpuUsage) {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  }
  // Before Node 23.9 only Linux has this number; the main thread's id there is the process's.
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
