/** The application of `bench -- stream`: writes events at the requested rate, and reports its cost. */
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

const loop = monitorEventLoopDelay({ resolution: 1 });
let loopUsed = performance.eventLoopUtilization();
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
  /** Since the last request. */
  loop: () => {
    const used = performance.eventLoopUtilization();
    const since = performance.eventLoopUtilization(used, loopUsed);
    const delays = { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), max: ms(loop.max) };
    loopUsed = used;
    loop.reset();
    loop.enable();
    return { utilization: Math.round(since.utilization * 1_000) / 1_000, ...delays };
  },
};

process.on('message', ({ start, traces, ask }) => {
  if (start) begin(start);
  if (traces) beginTraces(traces);
  if (ask) process.send({ [ask]: answers[ask]() });
});
process.on('disconnect', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.getHttpServer().address().port}` });

function begin(rate) {
  loop.enable();
  const started = performance.now();
  timer = setInterval(() => {
    // By the clock and not by the timer, which is late on a busy machine.
    const due = Math.floor(((performance.now() - started) * rate) / 1_000);
    while (sent < due) say();
  }, 5);
}

function ms(nanoseconds) {
  return Math.round(nanoseconds / 1e5) / 10;
}

/** Traces like an agent's, with some steps in between. */
function beginTraces(perSecond) {
  timer = setInterval(() => {
    sent += 1;
    const n = sent;
    void runInTrace({ contactId: `contact-${n % 50}`, message: 'quiero agendar una cita', type: 'bench' }, async () => {
      for (let step = 1; step <= 5; step += 1) {
        traceEvent('step', { n, step, text: 'x'.repeat(200) });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  }, 1_000 / perSecond);
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
