/**
 * A variant of `bench -- otel` as a process: spans inside traced requests, which nothing processes (`none`), which
 * OpenTelemetry's batch processor sends to a sink as OTLP in protobuf (`batch`), or which our processor records (`ours`; `turn`:
 * the same with `durability: 'turn'`). Its parent asks for readings over the channel.
 */
import 'reflect-metadata';
import { setImmediate as turn } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { cpuMs, mainThreadCpuMs } from '../../support/measure.mjs';
import { countDeliveries } from '../app/variants/otel.mjs';
import { KINDS } from './kinds.mjs';

/** Spans inside each request. */
const SPANS_PER_TRACE = 12;

const { name, root, dir, sink } = JSON.parse(process.argv[2]);
const { runInTrace, TraceModule } = await import(`${root}/dist/esm/index.js`);
const { TraceSpanProcessor } = await import(`${root}/dist/esm/otel.js`);

class AppModule {}
// Spans of HTTP are recorded once: by the processor where capture does not record the calls.
const storage = { dir, ...(name === 'turn' && { durability: 'turn' }) };
Module({ imports: [TraceModule.forRoot({ storage, capture: { outgoing: false } })] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });

const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
const counted = countDeliveries(exporter);
const processors = {
  none: () => [],
  batch: () => [new BatchSpanProcessor(exporter)],
  ours: () => [new TraceSpanProcessor()],
  turn: () => [new TraceSpanProcessor()],
};
const spanProcessors = processors[name]();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const resource = resourceFromAttributes({ 'service.name': 'bench' });
const provider = new BasicTracerProvider({ resource, spanProcessors });
trace.setGlobalTracerProvider(provider);
const tracer = trace.getTracer('bench');
let made = 0;

process.on('message', async (message) => {
  if (message.ask === 'close') return void app.close().then(() => process.exit(0));
  process.send(await reading(message.kind, message.spans));
});
process.on('disconnect', () => process.exit(0));
process.send({ port: 0 });

/** Microseconds of CPU per span, with all deferred work. */
async function reading(kind, count) {
  // Made before the reading: no variant pays for them.
  const given = Array.from({ length: count }, () => KINDS[kind]((made += 1)));
  await turn();
  globalThis.gc();
  const delivered = counted.spans;
  const [main, whole] = [mainThreadCpuMs(), cpuMs()];
  for (let at = 0; at < count; at += SPANS_PER_TRACE) {
    runInTrace({ contactId: `c${made}-${at}` }, () => {
      for (const one of given.slice(at, at + SPANS_PER_TRACE)) {
        const span = tracer.startSpan(one.name, { kind: one.kind, attributes: one.start });
        span.setAttributes(one.end);
        span.end();
      }
    });
    await turn();
  }
  await provider.forceFlush();
  const mainMs = mainThreadCpuMs() - main;
  // The index is another thread's, which follows within a second.
  await new Promise((resolve) => void setTimeout(resolve, 500));
  return {
    main_us: (mainMs * 1_000) / count,
    process_us: ((cpuMs() - whole) * 1_000) / count,
    delivered: (counted.spans - delivered) / count,
  };
}
