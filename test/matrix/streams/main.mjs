/**
 * Streams of the real SDKs against a provider on this machine, each read twice: from the function itself and from
 * `traced(function)`. Prints one line of JSON per cell: `{ "cell", "fault"? }`. Runs where the packages are installed.
 */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, traced, TraceModule } from 'nestjs-trace-collector';
import { MemoryStore } from 'nestjs-trace-collector/testing';
import { keepingIn } from './keeping-in.mjs';
import { callsTo } from './calls.mjs';
import { PAUSE_MS, startProvider } from './fake-provider.mjs';

const provider = await startProvider();
const store = new MemoryStore();
const drafts = [];
const { sink } = store;
const append = (draft) => {
  // The bytes of a payload are the recorder's again when this returns.
  drafts.push({ ...draft, output: json(draft.output) });
  return sink.append(draft);
};
Object.assign(store, { sink: { writer: sink.writer, append } });
class App {}
// The span of the application's own step is tested, so it is the only one.
const capture = { outgoing: false, ai: false };
Module({ imports: [keepingIn(TraceModule.forRoot({ lifecycle: { quietMs: 60_000 }, capture }), store)] })(App);
const app = await NestFactory.createApplicationContext(App, { logger: false });
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const only = process.argv[2] ?? '';
const check = verdicts();
for (const call of callsTo(provider.url)) {
  await cell(call, 'plain', 'fine', call.read, check.ended);
  if (!call.bytes) await cell(call, 'retried', 'busy', call.read, check.ended);
  if (call.whole) continue;
  await cell(call, 'broken', 'broken', call.read, check.broken);
  if (call.leaves) await cell(call, 'left early', 'fine', call.leaves, check.left);
}
await app.close();
provider.close();

async function cell(call, how, model, read, verify) {
  const name = `${call.name}, ${how}`;
  if (!name.includes(only)) return;
  let fault;
  // Once more where only a time differed: the machine may be busy.
  for (let tries = 0; tries < 3; tries += 1) {
    fault = undefined;
    try {
      await compare(call, model, read, verify);
      break;
    } catch (error) {
      fault = error.message;
      if (!error.message.startsWith('time:')) break;
    }
  }
  console.log(JSON.stringify({ cell: name, fault }));
}

async function compare(call, model, read, verify) {
  const plain = await reading(call.ask, model, read);
  drafts.length = 0;
  unhandled.length = 0;
  const ours = await runInTrace({ contactId: 'c' }, () =>
    reading(traced(call.ask, { kind: 'llm', name: 'ask' }), model, read),
  );
  await new Promise((resolve) => void setTimeout(resolve, 2 * PAUSE_MS));
  assert.deepEqual(unhandled, [], 'unhandled rejections');
  assert.deepEqual(withoutIds(ours.parts), withoutIds(plain.parts), 'the parts are those of the plain call');
  assert.equal(ours.error?.message, plain.error?.message, 'the error is that of the plain call');
  assert.deepEqual(ours.requests, plain.requests, 'the requests are those of the plain call');
  const late = ours.times.map((time, at) => Math.abs(time - plain.times[at]));
  assert.ok(
    Math.max(...late, 0) < 3 * PAUSE_MS,
    `time: parts came ${late.map(Math.round)} ms apart from the plain call`,
  );
  const spans = drafts.filter(({ kind }) => kind === 'span');
  const ends = drafts.filter(({ kind }) => kind === 'span_end');
  assert.deepEqual([spans.length, ends.length], [1, 1], 'one span, ended once');
  const [end] = ends;
  assert.ok(Math.abs(end.ms - ours.ms) < 2 * PAUSE_MS, `time: the span lasted ${end.ms} ms, the reading ${ours.ms} ms`);
  const errors = drafts.filter(({ kind }) => kind === 'error');
  verify({ call, end, errors, output: end.output, usage: end.usage });
}

async function reading(ask, model, read) {
  const parts = [];
  const times = [];
  const began = performance.now();
  const first = provider.requests.length;
  let error;
  try {
    let result = ask(model);
    if (typeof result?.then === 'function') result = await result;
    await read(result, (part) => {
      parts.push(part);
      times.push(performance.now() - began);
    });
  } catch (caught) {
    error = caught;
  }
  const ms = performance.now() - began;
  await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
  const requests = provider.requests.slice(first).map(({ path, body, left }) => ({ path, body, left }));
  return { parts, times, ms, error, requests };
}

/** The AI SDK generates ids and times. */
function withoutIds(parts) {
  const text = JSON.stringify(parts, (key, value) =>
    ['id', 'messageId', 'timestamp', 'headers', 'responseTime', 'stepTimeMs'].includes(key) ||
    /Ms$|PerSecond$/.test(key)
      ? undefined
      : value,
  );
  return JSON.parse(text.replaceAll(/\b(?:aitxt|msg)-\w+/g, 'id'));
}

function json(payload) {
  return payload === undefined ? undefined : JSON.parse(payload.toString());
}

function tokens(usage) {
  return [usage?.input, usage?.output];
}

function verdicts() {
  const TEXT = 'Claro, tengo el martes a las diez.';
  return {
    ended({ call, end, errors, output, usage }) {
      assert.equal(end.outcome, undefined, 'it ended well');
      assert.deepEqual(errors, []);
      if (call.whole || call.bytes) return;
      assert.equal(output?.text, TEXT);
      assert.deepEqual(tokens(usage), [12, 5], `tokens of ${JSON.stringify(usage)}`);
    },
    broken({ end, errors }) {
      assert.equal(end.outcome, 'error');
      assert.equal(errors.length, 1, 'one error');
    },
    left({ end, errors }) {
      assert.equal(end.outcome, 'cancelled');
      assert.deepEqual(errors, []);
    },
  };
}
