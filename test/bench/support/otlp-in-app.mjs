/**
 * The application of `bench -- otlp-in` that takes posted bodies, alone in its process: garbage of the bench would be collected in
 * its turns. It sends its port; at `begin` it starts to measure its event loop, at `end` it sends the longest delay in milliseconds.
 */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule } from '../../../dist/libs/trace/src/index.js';

const [dir] = process.argv.slice(2);
class BenchModule {}
const everyone = { canActivate: () => true };
const tracing = TraceModule.forRoot({ storage: { dir }, otlp: { orphans: 'trace' }, debug: { guards: [everyone] } });
Module({ imports: [tracing] })(BenchModule);
const app = await NestFactory.create(BenchModule, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');

const loop = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (message) => {
  if (message === 'begin') {
    loop.reset();
    loop.enable();
    process.send('begun');
  } else {
    loop.disable();
    process.send({ longest: loop.max / 1e6 });
  }
});
process.once('disconnect', () => app.close().then(() => process.exit(0)));
process.send({ port: app.getHttpServer().address().port });
