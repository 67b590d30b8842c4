/** The application of `bench -- alerts`: each webhook fails with an error of its own, and the CPU and loop of the process are measured. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { alertTo, alertWhen, traceError, traceEvent, TraceModule } from 'nestjs-trace-collector';

const { dir, channel } = JSON.parse(process.argv[2]);
const alerts = channel && {
  channels: [alertTo.webhook(channel)],
  rules: [alertWhen.newError({ window: '1h' }), alertWhen.errorRate(), alertWhen.lost()],
};

class WebhookController {
  receive({ n }) {
    for (let step = 0; step < 6; step += 1) traceEvent('step', { step, pad: 'x'.repeat(300) });
    // One in ten fails, with an error of its own: each of them is an alert.
    if (n % 10 === 0) traceError(`place-${n}`, Object.assign(new Error('no slots'), { name: `Error${n}`, stack: '' }));
    return { ok: true };
  }
}
const { prototype } = WebhookController;
const descriptor = Object.getOwnPropertyDescriptor(prototype, 'receive');
HttpCode(200)(prototype, 'receive', descriptor);
Post()(prototype, 'receive', descriptor);
Body()(prototype, 'receive', 0);
Controller('webhook')(WebhookController);
class AppModule {}
Module({
  imports: [
    TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 50 }, debug: { access: 'loopback' }, alerts }),
  ],
  controllers: [WebhookController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const ms = (ns) => Math.round((ns / 1e6 - 1) * 10) / 10;
let began;

/** Milliseconds that this thread was on a CPU; `undefined` where the system does not say. The index has threads of its own. */
function cpuMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

process.on('message', (what) => {
  if (what === 'begin') {
    loop.reset();
    began = cpuMs();
    return;
  }
  const used = began === undefined ? null : Math.round(cpuMs() - began);
  process.send({ main_cpu_ms: used, loop_p99_ms: ms(loop.percentile(99)), loop_max_ms: ms(loop.max) });
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port });
