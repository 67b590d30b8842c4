/** The application of `bench -- stream`: writes events as often as it is told, and says what that costs it. */
import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, bindTrace, runInTrace, traceEvent } from 'nestjs-trace-collector';

const MB = 1024 * 1024;
/** A trace takes a limited number of events. */
const EVENTS_PER_TRACE = 100;

class StreamModule {}
Module({
  imports: [TraceModule.forRoot({ storage: { dir: process.argv[2] }, debug: { access: 'loopback' } })],
})(StreamModule);
const app = await NestFactory.create(StreamModule, { logger: ['error'], forceCloseConnections: true });
await app.listen(0, '127.0.0.1');

const loop = monitorEventLoopDelay({ resolution: 5 });
let timer;
let sent = 0;

const answers = {
  usage: () => {
    const { user, system } = process.cpuUsage();
    return {
      cpu: user + system,
      rss: Math.round(process.memoryUsage.rss() / MB),
      loopP99: Math.round(loop.percentile(99) / 1e5) / 10,
    };
  },
  stop: () => {
    clearInterval(timer);
    return { sent };
  },
};

process.on('message', ({ start, ask }) => {
  if (start) begin(start);
  if (ask) process.send({ [ask]: answers[ask]() });
});
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.getHttpServer().address().port}` });

function begin(rate) {
  loop.enable();
  const started = performance.now();
  timer = setInterval(() => {
    // By the clock and not by the timer, which comes late on a busy machine.
    const due = Math.floor(((performance.now() - started) * rate) / 1_000);
    while (sent < due) say();
  }, 5);
}

let emit;
let finish;

/** One event, in a trace that runs until the next one takes over. */
function say() {
  if (sent % EVENTS_PER_TRACE === 0) {
    finish?.();
    runInTrace({ contactId: 'bench', type: 'bench' }, () => {
      emit = bindTrace((data) => traceEvent('tick', data));
      return new Promise((resolve) => (finish = resolve));
    });
  }
  sent += 1;
  emit({ n: sent, at: performance.timeOrigin + performance.now(), text: 'x'.repeat(200) });
}
