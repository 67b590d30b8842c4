/**
 * One variant as a process: a Nest application with a webhook that runs the workflow and responds when it is done, and a
 * route that nothing traces. Its parent requests measurements over the channel; they are of this process.
 */
import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { mainThreadCpuMs } from '../../support/measure.mjs';
import { freshValues, STEPS, Workflow } from './steps.mjs';

const { name, sink, dir, adapter } = JSON.parse(process.argv[2]);
/** Values that wait for their requests. */
let ready = [];
let made = 0;

const started = start();
started.catch((error) =>
  process.send({ failed: String(error?.message ?? error).split('\n')[0] }, () => process.exit(1)),
);
process.on('disconnect', () => process.exit(0));

async function start() {
  // Some variants must load before Nest does.
  const { setup } = await import(`./variants/${name}.mjs`);
  const variant = await setup({ sink, dir, adapter });
  const { NestFactory } = await import('@nestjs/core');
  const module = await applicationModule(variant);
  const app = await NestFactory.create(module, ...(await adapterOf()), { logger: false, abortOnError: false });
  // Quiet until here: what fails at the start is the reason that the table prints.
  app.useLogger(['error']);
  if (variant.middleware) app.use(variant.middleware);
  await app.listen(0, '127.0.0.1');
  process.on('message', (message) => void answer(app, variant, message));
  process.send({ port: app.getHttpServer().address().port });
}

async function adapterOf() {
  if (adapter !== 'fastify') return [];
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const fastify = new FastifyAdapter();
  // Variants read the body from Node's request, where Express leaves it.
  fastify.getInstance().addHook('preHandler', (request, _reply, done) => {
    request.raw.body = request.body;
    done();
  });
  return [fastify];
}

async function applicationModule(variant) {
  const { Body, Controller, Get, HttpCode, Module, Post } = await import('@nestjs/common');
  for (const [step, kind] of STEPS) {
    const descriptor = Object.getOwnPropertyDescriptor(Workflow.prototype, step);
    variant.step?.(Workflow.prototype, step, descriptor, kind);
    Object.defineProperty(Workflow.prototype, step, descriptor);
  }
  class WebhookController {
    async receive(body) {
      await new Workflow(ready.pop() ?? freshValues(body.n)).run();
      return { ok: true };
    }
  }
  const receive = Object.getOwnPropertyDescriptor(WebhookController.prototype, 'receive');
  Body()(WebhookController.prototype, 'receive', 0);
  HttpCode(200)(WebhookController.prototype, 'receive', receive);
  Post()(WebhookController.prototype, 'receive', receive);
  Controller('webhook')(WebhookController);
  class PlainController {
    hello() {
      return { ok: true };
    }
  }
  Get()(PlainController.prototype, 'hello', Object.getOwnPropertyDescriptor(PlainController.prototype, 'hello'));
  Controller('plain')(PlainController);
  class AppModule {}
  Module({ imports: variant.imports ?? [], controllers: [WebhookController, PlainController] })(AppModule);
  return AppModule;
}

async function answer(app, variant, { ask, requests }) {
  if (ask === 'close') {
    await app.close();
    process.exit(0);
  }
  if (ask === 'prepare' || ask === 'begin') {
    // Created before the reading: no variant pays for it, and no request shares a value with another one.
    ready = Array.from({ length: requests ?? 0 }, () => freshValues((made += 1)));
  }
  if (ask === 'prepare') return void process.send({});
  // Deferred work is part of the price: batches are sent, traces end, the index catches up.
  await pause(500);
  await variant.flush?.(app);
  // Collected before the count begins and after it ends: garbage collections in between count, these two do not.
  if (ask === 'begin') globalThis.gc();
  const counted = cpu();
  if (ask === 'end') globalThis.gc();
  process.send({ ...counted, heap: process.memoryUsage().heapUsed, delivered: variant.delivered?.() });
}

/** Milliseconds of CPU: of the main thread, and of all threads of the process. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return { main: mainThreadCpuMs(), process: (user + system) / 1000 };
}
