/** One webhook that does some of everything; prints its trace and health as one line of JSON. Usage: node application.mjs <cell as JSON> */
import http from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const cell = JSON.parse(process.argv[2]);
const TOKEN = 'a-token-of-thirty-two-characters-';

const LOAD = {
  async otel() {
    const { context, trace } = require('@opentelemetry/api');
    const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
    const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
    const { registerInstrumentations } = require('@opentelemetry/instrumentation');
    // The other build than the application's: both are one package to the process.
    const { TraceSpanProcessor } = await import('nestjs-trace-collector/otel');
    const processor = new TraceSpanProcessor();
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
    const { LangChainInstrumentation } = require('@arizeai/openinference-instrumentation-langchain');
    const langchain = new LangChainInstrumentation({ tracerProvider: provider });
    langchain.manuallyInstrument(require('@langchain/core/callbacks/manager'));
    registerInstrumentations({
      tracerProvider: provider,
      instrumentations: [
        new (require('@opentelemetry/instrumentation-http').HttpInstrumentation)(),
        new (require('@opentelemetry/instrumentation-undici').UndiciInstrumentation)(),
        new (require('@opentelemetry/instrumentation-pg').PgInstrumentation)(),
        new (require('@opentelemetry/instrumentation-ioredis').IORedisInstrumentation)({ requireParentSpan: false }),
        new (require('@opentelemetry/instrumentation-nestjs-core').NestInstrumentation)(),
      ],
    });
  },
  ours: () => void require('nestjs-trace-collector'),
  async libraries() {
    for (const name of ['pg', 'ioredis', '@langchain/langgraph', '@nestjs/core']) require(name);
    await import('ai');
  },
};

for (const step of cell.order.split(' ')) await LOAD[step]();
const telemetry = async () => {
  const { registerTelemetry } = await import('ai');
  const { OpenTelemetry } = await import('@ai-sdk/otel');
  if (cell.telemetry !== 'own') registerTelemetry(new OpenTelemetry());
};
if (cell.telemetry === 'before') await telemetry();

require('reflect-metadata');
const { Controller, Module, Post } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { TraceModule, TraceService } = require('nestjs-trace-collector');

const other = http.createServer((_request, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1');
await once(other, 'listening');
const url = `http://127.0.0.1:${other.address().port}`;

class Hooks {
  async receive() {
    const { runAll } = await import('./work.mjs');
    await runAll({ cell, url, require });
    return {};
  }
}
Controller('webhook')(Hooks);
Post()(Hooks.prototype, 'receive', Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive'));

const dir = mkdtempSync(join(tmpdir(), 'otel-'));
class App {}
Module({
  imports: [
    TraceModule.forRoot({
      storage: { dir },
      lifecycle: { quietMs: 50 },
      debug: { token: TOKEN },
      capture: { ai: cell.ai, ...(cell.outgoing === false && { outgoing: false }) },
    }),
  ],
  controllers: [Hooks],
})(App);
const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
if (cell.telemetry === 'after') await telemetry();

const response = await fetch(`http://127.0.0.1:${app.getHttpServer().address().port}/webhook`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ contactId: 'ana', message: 'Hi' }),
});
if (response.status !== 201) throw new Error(`status ${response.status}: ${await response.text()}`);
const traces = app.get(TraceService);
let found;
do {
  await new Promise((resolve) => setImmediate(resolve));
  found = await traces.lastTrace().catch(() => undefined);
} while (found === undefined || found.status === 'active');
const health = await fetch(`http://127.0.0.1:${app.getHttpServer().address().port}/debug/health`, {
  headers: { authorization: `Bearer ${TOKEN}` },
}).then((answer) => answer.json());
await new Promise((resolve) => process.stdout.write(`${JSON.stringify({ trace: found, health })}\n`, resolve));
await app.close();
rmSync(dir, { recursive: true, force: true });
process.exit(0);
