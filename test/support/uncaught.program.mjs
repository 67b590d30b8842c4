// A webhook whose work throws an uncaught error. Plain JavaScript, since it is a separate process.
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const { WHAT, TRACED, LISTENER = '' } = process.env;
// The half of all runs that have no module need not wait for the package.
const isTraced = TRACED === 'true' || WHAT === 'traced-rejection';
const { TraceModule, Traced } = isTraced ? await import('nestjs-trace-collector') : {};
// Events in the form that the outcome compares: of the listener of the application, or of Node.
const heard = [];
let ending = false;
const end = async () => {
  ending = true;
  await app.close();
  process.exit();
};
const listen = (error) => {
  heard.push(String(error));
  setTimeout(end, 150);
};
if (LISTENER.includes('exception')) process.on('uncaughtException', listen);
if (LISTENER.includes('rejection')) process.on('unhandledRejection', listen);
if (LISTENER.includes('once')) process.once('unhandledRejection', listen);
// Once the application is up, as error reporters do it. A listener that is removed again leaves Node its own behaviour.
const listenLater = () => {
  if (LISTENER.includes('later')) process.on('unhandledRejection', listen);
  if (LISTENER.includes('gone')) process.on('unhandledRejection', listen).off('unhandledRejection', listen);
  if (LISTENER.includes('cleared')) process.on('unhandledRejection', listen).removeAllListeners('unhandledRejection');
  if (LISTENER.includes('ten')) for (let n = 0; n < 10; n += 1) process.on('unhandledRejection', () => listen(n));
};
process.on('exit', () => console.log(JSON.stringify(heard)));

class Work {
  async fail() {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (WHAT === 'text-rejection') throw 'nobody caught me';
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
    if (LISTENER.includes('once')) setTimeout(() => void new Work().fail(), 60);
    // Where Node keeps the process alive, it ends by itself, unless its own listener is closing the application.
    setTimeout(() => ending || process.exit(), 400).unref();
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
listenLater();
const { port } = app.getHttpServer().address();
await fetch(`http://127.0.0.1:${port}/webhook`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', connection: 'close' },
  body: '{"contactId":"c1"}',
}).catch(() => undefined);
