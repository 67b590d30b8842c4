/**
 * Calls of real SDKs and HTTP clients to model APIs on this machine, in an application that imports the module and does
 * nothing else: each is a webhook, whose trace must show what the API saw. Prints one line of JSON per cell: `{ "cell",
 * "fault"?, "note"? }`. Runs where the packages are installed.
 * Usage: node main.mjs [part of a cell's name]
 */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTrace, TraceModule, TraceService } from 'nestjs-trace-collector';
import { startApis } from './fake-apis.mjs';
import { httpClientsFor } from './http-clients.mjs';
import { sdksFor } from './sdks.mjs';
import { verifyWay, WAYS } from './ways.mjs';

const only = process.argv[2] ?? '';
/** More at once would make the times of streams those of this machine. */
const AT_ONCE = 4;

const nest = createRequire(import.meta.url).resolve('@nestjs/core/package.json');
const major = JSON.parse(readFileSync(nest, 'utf8')).version.split('.')[0];
const apis = await startApis();
const clients = [...sdksFor(apis.url), ...httpClientsFor(apis.url)];
const cells = clients
  .flatMap((client) => WAYS.filter((way) => !client.without?.includes(way)).map((way) => ({ client, way })))
  .map((cell, at) => ({ ...cell, model: `${cell.way}-${at}`, name: `Nest ${major}, ${cell.client.name}: ${cell.way}` }))
  .filter(({ name }) => name.includes(only));
const byModel = new Map(cells.map((cell) => [cell.model, cell]));

class Hooks {
  async receive({ message }) {
    const cell = byModel.get(message);
    cell.id = currentTrace().traceId;
    await runCell(cell);
    return {};
  }
}
Controller('webhook')(Hooks);
Post()(Hooks.prototype, 'receive', Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive'));
Body()(Hooks.prototype, 'receive', 0);

const dir = mkdtempSync(join(tmpdir(), 'outgoing-'));
class App {}
Module({
  imports: [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 } })],
  controllers: [Hooks],
})(App);
const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
await app.listen(0, '127.0.0.1');
const webhook = `http://127.0.0.1:${app.getHttpServer().address().port}/webhook`;

const waiting = [...cells];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      const body = JSON.stringify({ contact_id: 'ana', message: cell.model });
      const headers = { 'content-type': 'application/json' };
      cell.status = (await fetch(webhook, { method: 'POST', headers, body })).status;
    }
  }),
);

const traces = app.get(TraceService);
for (const cell of cells) {
  let fault;
  try {
    assert.equal(cell.status, 201, 'the webhook is answered');
    cell.trace = await ended(cell.id);
    verifyWay(cell, apis.requests.get(cell.model) ?? []);
  } catch (error) {
    fault = `${error.message}\n${spansOf(cell.trace)}`.slice(0, 3_000);
  }
  console.log(JSON.stringify({ cell: cell.name, fault, note: cell.note }));
}
await app.close();
apis.close();
rmSync(dir, { recursive: true, force: true });
process.exit(0);

/** Runs the call of a cell as an application would, and keeps what it got. */
async function runCell(cell) {
  const { client, way, model } = cell;
  const controller = new AbortController();
  // Without a signal where there is nothing to abort: that is how most calls are made.
  const signal = way === 'aborted' ? controller.signal : undefined;
  const began = performance.now();
  try {
    if (way === 'streamed' || way === 'left') {
      cell.text = '';
      for await (const text of client.stream({ model })) {
        cell.firstPartMs ??= performance.now() - began;
        cell.text += text;
        if (way === 'left') break;
      }
      return;
    }
    const call = client.ask({ model, signal, retries: way === 'busy' ? 1 : 0 });
    if (way === 'aborted') void apisReached(model).then(() => controller.abort());
    cell.text = await call;
  } catch (error) {
    cell.error = error;
  }
}

async function apisReached(model) {
  while (!apis.requests.has(model)) await new Promise((resolve) => void setTimeout(resolve, 2));
}

async function ended(id) {
  const until = performance.now() + 15_000;
  for (;;) {
    const trace = await traces.trace(id).catch(() => undefined);
    if (trace !== undefined && trace.status !== 'active') return trace;
    if (performance.now() > until) throw new Error(`the trace is ${trace?.status ?? 'not there'} after 15 s`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

function spansOf(trace) {
  const spans = trace?.events.filter(({ span_id }) => span_id) ?? [];
  return spans.map(({ type, name, attributes, data }) => JSON.stringify({ type, name, attributes, data })).join('\n');
}
