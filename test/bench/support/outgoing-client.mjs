/**
 * One variant of the bench of outgoing calls: `outgoing-client.mjs <variant> <url>`. For each `{ client, calls }` from the
 * parent it makes the calls, ten in each trace, and answers with the microseconds of main-thread CPU per call.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [variant, url] = process.argv.slice(2);
const PER_TRACE = 10;
const AT_ONCE = 4;
const TARGET = `${url}/v1/chat/completions`;
const BODY = JSON.stringify({
  model: 'gpt-5-mini',
  messages: [
    { role: 'system', content: 'Eres Sofía, agente de ventas. '.repeat(20) },
    { role: 'user', content: 'Quiero agendar una cita para la próxima semana, por la tarde.' },
  ],
  temperature: 0.2,
});
const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer sk-bench', accept: 'application/json' };

const agent = new http.Agent({ keepAlive: true });
const CALLS = {
  fetch: async () => (await fetch(TARGET, { method: 'POST', headers: HEADERS, body: BODY })).text(),
  http: () =>
    new Promise((resolve, reject) => {
      const request = http.request(TARGET, { method: 'POST', headers: HEADERS, agent }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
      request.end(BODY);
    }),
};

/** The response of `outgoing-server.mjs`, as undici publishes it. */
const RESPONSE = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-5-mini-2025-08-07',
  choices: [{ message: { role: 'assistant', content: 'Tengo estos horarios. '.repeat(30) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 412, completion_tokens: 96, total_tokens: 508 },
});
const RESPONSE_HEADERS = [
  ['content-type', 'application/json'],
  ['x-request-id', 'req_1'],
  ['x-ratelimit-remaining-requests', '99'],
  ['openai-processing-ms', '12'],
  ['Date', 'Tue, 01 Dec 2026 14:00:00 GMT'],
  ['Connection', 'keep-alive'],
  ['Transfer-Encoding', 'chunked'],
]
  .flat()
  .map((text) => Buffer.from(text));

/** Only the messages of one call on undici's channels: without a network, machines that are busy differ less. */
class FakeRequest {
  method = 'POST';
  origin = url;
  path = '/v1/chat/completions';
  headers = Object.entries(HEADERS).flat();
  addHeader(name, value) {
    this.headers.push(name, value);
  }
  onData() {
    return 'bodyChunkReceived';
  }
}
const channel = (name) => diagnostics.channel(`undici:${name}`);
const [create, sendHeaders, chunkSent, bodySent, headers, chunkReceived, trailers] = [
  'request:create',
  'client:sendHeaders',
  'request:bodyChunkSent',
  'request:bodySent',
  'request:headers',
  'request:bodyChunkReceived',
  'request:trailers',
].map(channel);
const SOCKET = { remoteAddress: '127.0.0.1', remotePort: 80 };
const SENT = Buffer.from(BODY);
const RECEIVED = Buffer.from(RESPONSE);
CALLS.hooks = () => {
  const request = new FakeRequest();
  create.publish({ request });
  sendHeaders.publish({ request, socket: SOCKET });
  chunkSent.publish({ request, chunk: SENT });
  bodySent.publish({ request });
  headers.publish({ request, response: { statusCode: 200, headers: RESPONSE_HEADERS, statusText: 'OK' } });
  chunkReceived.publish({ request, chunk: RECEIVED });
  trailers.publish({ request, trailers: [] });
};

const { inTrace, flush } = await setup();
process.on('message', async ({ client, calls, outside }) => {
  if (outside) return process.send(perCallOutside(outside));
  globalThis.gc?.();
  const before = cpuUs();
  const traces = calls / PER_TRACE;
  let next = 0;
  const lane = async () => {
    while (next < traces) {
      next += 1;
      await inTrace(async () => {
        for (let i = 0; i < PER_TRACE; i += 1) await CALLS[client]();
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await flush();
  process.send((cpuUs() - before) / calls);
});
process.once('disconnect', () => process.exit());
process.send('ready');

/** CPU of the main thread in microseconds: the first number of the kernel's `schedstat` has nanoseconds. */
function cpuUs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

/** Microseconds that the subscribers take for one call outside every trace. */
function perCallOutside(count) {
  let best = Infinity;
  for (let round = 0; round < 7; round += 1) {
    const start = cpuUs();
    for (let i = 0; i < count; i += 1) CALLS.hooks();
    best = Math.min(best, (cpuUs() - start) / count);
  }
  return best;
}

async function setup() {
  if (variant === 'off') return { inTrace: (work) => work(), flush: async () => undefined };
  if (variant === 'context_only') {
    const storage = new AsyncLocalStorage();
    return { inTrace: (work) => storage.run({}, work), flush: async () => undefined };
  }
  return variant.startsWith('ours') ? ours() : otel();
}

async function ours() {
  await import('reflect-metadata');
  const { Module } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { runInTrace, TraceModule } = await import('nestjs-trace-collector');
  const dir = mkdtempSync(join(tmpdir(), 'bench-outgoing-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const dialect = {
    name: 'bench-model',
    type: 'llm',
    provider: () => 'openai',
    match: ({ path }) => path.endsWith('/chat/completions'),
    request: ({ body }) => {
      const { model, messages, ...parameters } = body.json();
      return { model, input: { model, messages, parameters } };
    },
    response: (_, { body }) => {
      const { id, model, choices, usage } = body.json();
      const [{ message, finish_reason }] = choices;
      return { output: { text: message.content, finish_reason, id }, model, usage, finish: finish_reason };
    },
  };
  const outgoing = variant === 'ours_bodies' ? { dialects: [dialect] } : { bodies: 'none' };
  class Bench {}
  Module({ imports: [TraceModule.forRoot({ storage: { dir }, capture: { outgoing } })] })(Bench);
  await NestFactory.createApplicationContext(Bench, { logger: ['error', 'warn'] });
  return { inTrace: (work) => runInTrace({ contactId: 'lead' }, work), flush: async () => undefined };
}

async function otel() {
  const require = createRequire(new URL('../peers/package.json', import.meta.url));
  const { context, trace } = require('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
  const { registerInstrumentations } = require('@opentelemetry/instrumentation');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
  const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');
  const exporter =
    variant === 'otel'
      ? new OTLPTraceExporter({ url: `${url}/v1/traces` })
      : { export: (_, done) => done({ code: 0 }), shutdown: async () => undefined };
  const processor = new BatchSpanProcessor(exporter, { maxQueueSize: 100_000 });
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  registerInstrumentations({
    tracerProvider,
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  });
  // The instrumentation changes `http` when it is required.
  require('http');
  const tracer = trace.getTracer('bench');
  return {
    inTrace: (work) =>
      tracer.startActiveSpan('trace', async (span) => {
        await work();
        span.end();
      }),
    flush: () => processor.forceFlush(),
  };
}
