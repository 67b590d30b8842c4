/**
 * Errors of real HTTP clients, thrown by a traced step: the recorded reason, and the parts of the request that must not
 * be on the disk. Prints one line of JSON per cell: `{ "cell", "fault"?, "note"? }`. Runs where the packages are
 * installed.
 * Usage: node main.mjs [part of a cell's name]
 */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTrace, runInTrace, traced, TraceModule, TraceService } from 'nestjs-trace-collector';
import { CALLS, SECRETS } from './calls.mjs';
import { SENTENCE, startServer } from './server.mjs';

const only = process.argv[2] ?? '';
const STATUS = { bad: 400, busy: 429, down: 500 };
const server = await startServer();
const dir = mkdtempSync(join(tmpdir(), 'clients-'));
class App {}
// Without the runs of the AI SDK: the error is recorded at the step of the application.
Module({ imports: [TraceModule.forRoot({ storage: { dir }, lifecycle: { quietMs: 20 }, capture: { ai: false } })] })(
  App,
);
const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'] });

const cells = CALLS.flatMap((client) => ['bad', 'busy', 'down', 'reset', 'slow'].map((way) => ({ client, way })))
  .map((cell) => ({ ...cell, name: `${cell.client.name}: ${cell.way}` }))
  .filter(({ name }) => name.includes(only));
for (const cell of cells) {
  const step = traced(() => cell.client.call(server.url, cell.way), { name: 'ask_calendar', kind: 'tool' });
  await runInTrace({ contactId: 'ana' }, async () => {
    cell.id = currentTrace().traceId;
    cell.error = await step().then(
      () => undefined,
      (error) => error,
    );
  });
}

const traces = app.get(TraceService);
for (const cell of cells) {
  let fault;
  try {
    verify(cell, await ended(cell.id));
  } catch (error) {
    fault = `${error.message}\n${cell.seen ?? ''}`;
  }
  console.log(JSON.stringify({ cell: cell.name, fault, note: cell.note }));
}
await app.close();
server.close();

const texts = readdirSync(dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
for (const [name, secret] of Object.entries(SECRETS)) {
  const found = texts.some((text) => text.includes(secret));
  const fault = found ? contextOf(secret) : undefined;
  console.log(JSON.stringify({ cell: `no ${name} on the disk`, fault }));
}
rmSync(dir, { recursive: true, force: true });

async function ended(id) {
  for (;;) {
    const trace = await traces.trace(id).catch(() => undefined);
    if (trace !== undefined && trace.status !== 'active') return trace;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

function verify(cell, trace) {
  const { client, way, error: thrown } = cell;
  const [error] = trace.errors;
  const [hint] = trace.debug_hints;
  cell.seen = JSON.stringify({ error, hint, events: error ? undefined : trace.events, thrown: String(thrown) });
  assert.ok(thrown instanceof Error, 'the client threw');
  if (way === 'slow' && client.abort) {
    const flow = trace.events.find(({ type }) => type === 'control_flow');
    assert.ok(flow, 'the abort is an event');
    return;
  }
  assert.equal(trace.errors.length, 1, 'one error');
  assert.equal(error.location, 'ask_calendar');
  cell.note = hint.replaceAll(/:\d{5}\b/g, ':PORT');
  if (way in STATUS) {
    if (client.withoutStatus === way) return;
    assert.equal(error.detail?.status, STATUS[way], 'the status is in the detail');
    if (way !== 'down' && !client.withoutBody) {
      const reasons = [error.message, ...(error.detail.reasons ?? [])];
      assert.ok(
        reasons.some((reason) => reason.includes(SENTENCE)),
        'the sentence is among the reasons',
      );
      assert.ok(hint.includes(SENTENCE), 'the hint has the sentence');
    }
    assert.ok(hint.includes(String(STATUS[way])), 'the hint has the status');
  } else if (way === 'reset') {
    assert.match(hint, /ECONNRESET|socket hang up|other side closed|terminated/, 'the hint names the reset');
  } else {
    assert.match(hint, /time|abort/i, 'the hint names the timeout');
  }
  assert.ok(
    !/<html|<h1/.test(hint.replace(error.message, '')),
    'no page in the hint, but the one that the client put into its message',
  );
}

/** Place where a secret was found, without the secret itself. */
function contextOf(secret) {
  const text = texts.find((file) => file.includes(secret));
  const at = text.indexOf(secret);
  return `${text.slice(Math.max(0, at - 200), at)}[…]${text.slice(at + secret.length, at + secret.length + 60)}`;
}
