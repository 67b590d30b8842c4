// A webhook whose work fails where nobody catches it. Plain JavaScript, since it is a process of its own.
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, Traced } from 'nestjs-trace-collector';

const { WHAT, TRACED, LISTENER } = process.env;
// As the outcome compares: with an application's own last resort, or Node's.
if (LISTENER === 'true') process.on('uncaughtException', () => setTimeout(() => app.close(), 300));

class Work {
  async fail() {
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new Error('nobody caught me');
  }
}

class WebhookController {
  receive() {
    if (WHAT === 'exception') {
      setTimeout(() => {
        throw new Error('nobody caught me');
      }, 20);
    } else void new Work().fail();
    // Where Node lets the process live, it ends by itself.
    if (LISTENER !== 'true') setTimeout(() => process.exit(), 500).unref();
    return 'ok';
  }
}

const decorate = (decorators, target, key) =>
  Object.defineProperty(
    target,
    key,
    decorators.reduceRight(
      (descriptor, decorator) => decorator(target, key, descriptor) ?? descriptor,
      Object.getOwnPropertyDescriptor(target, key),
    ),
  );
if (WHAT === 'traced-rejection') decorate([Traced()], Work.prototype, 'fail');
decorate([Post()], WebhookController.prototype, 'receive');
Controller('webhook')(WebhookController);

class AppModule {}
const imports = TRACED === 'true' ? [TraceModule.forRoot({ debug: { enabled: false } })] : [];
Module({ imports, controllers: [WebhookController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();
await fetch(`http://127.0.0.1:${port}/webhook`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', connection: 'close' },
  body: '{"contactId":"c1"}',
}).catch(() => undefined);
