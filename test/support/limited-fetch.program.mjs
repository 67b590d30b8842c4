/**
 * 400 traces call the global `fetch` at once, over at most three kept-alive connections, so undici queues most calls and
 * makes their requests in the context of another trace. Prints how many calls are in a trace that did not make them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, TraceModule, TraceService } from 'nestjs-trace-collector';
import { Agent, setGlobalDispatcher } from 'undici';

const TRACES = 400;
const dir = mkdtempSync(join(tmpdir(), 'limited-fetch-'));
let connections = 0;
const server = createServer((request, response) => setImmediate(() => response.end(request.url)));
server.on('connection', () => (connections += 1));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

class App {}
Module({ imports: [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 } })] })(App);
const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'] });
setGlobalDispatcher(new Agent({ connections: 3 }));
await Promise.all(
  Array.from({ length: TRACES }, (_, n) =>
    runInTrace({ contactId: `lead-${n}` }, async () => (await fetch(`${url}/?n=${n}`)).text()),
  ),
);
const service = app.get(TraceService);
let calls = 0;
let wrong = 0;
for (let n = 0; n < TRACES; n += 1) {
  const { traces } = await service.traces({ contactId: `lead-${n}`, limit: 1 });
  const trace = await service.trace(traces[0].trace_id);
  for (const event of trace.events.filter(({ type }) => type === 'http')) {
    calls += 1;
    if (!event.data.input.url.endsWith(`?n=${n}`)) wrong += 1;
  }
}
await app.close();
server.close();
server.closeAllConnections();
rmSync(dir, { recursive: true, force: true });
console.log(JSON.stringify({ calls, wrong, connections }));
process.exit(0);
