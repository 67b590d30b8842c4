/**
 * Cost of spans that arrive by OTLP, in microseconds per span: reading protobuf and JSON beside `JSON.parse` of the same
 * spans, and reading with recording in an application. Then the longest turn of the event loop while hostile bodies are
 * read, and while another process posts bodies near 4 MiB to the endpoint. Bodies are made by OpenTelemetry's own serializer. The readings take turns in every round; figures are CPU time of the
 * main thread, medians, with the ratio to `JSON.parse` and its 95% interval.
 * `npm run bench -- otlp-in [--rounds 40]`: one line of JSON for each kind of span, two for the turns.
 */
import 'reflect-metadata';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { SPAN_RECEIVER } from '../../dist/libs/trace/src/debug/debug.tokens.js';
import { TraceModule } from '../../dist/libs/trace/src/index.js';
import { inTurns } from '../../dist/libs/trace/src/otel/receive/in-turns.js';
import { jsonReading, readJson } from '../../dist/libs/trace/src/otel/wire/read-json.js';
import { protobufReading, readProtobuf } from '../../dist/libs/trace/src/otel/wire/read-protobuf.js';
import { wholeNumber } from './support/flags.mjs';
import { mainThreadCpuMs, rounded } from './support/measure.mjs';
import { bootstrap, medianOf, ratioOfMedians } from './support/statistics.mjs';

/** Spans of one request, as OpenTelemetry's SDKs send them. */
const SPANS = 512;
/** Two seconds of 10,000 spans per second: an application at this rate is warm. */
const WARM_UP_ROUNDS = 40;
/** Spans of one trace, below the number from which a trace is cut. */
const SPANS_PER_TRACE = 64;
/** Bytes that the endpoint takes. */
const MAX_BODY = 4 * 1024 * 1024;
/** Bodies of each kind. */
const POSTS = 8;

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } });
const rounds = wholeNumber('rounds', flags.rounds);

const MESSAGES = JSON.stringify([
  {
    role: 'system',
    parts: [{ type: 'text', content: 'You book appointments. Offer three slots at most. '.repeat(20) }],
  },
  { role: 'user', parts: [{ type: 'text', content: 'Quiero agendar una cita para el lunes por la tarde' }] },
]);
const KINDS = {
  http: {
    'http.request.method': 'GET',
    'url.full': 'https://crm.example/contacts/42?full=true',
    'server.address': 'crm.example',
    'server.port': 443,
    'http.response.status_code': 200,
    'network.protocol.version': '1.1',
    'user_agent.original': 'node',
    'url.scheme': 'https',
  },
  llm: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5-mini',
    'gen_ai.response.model': 'gpt-5-mini-2026',
    'gen_ai.request.temperature': 0.2,
    'gen_ai.usage.input_tokens': 812,
    'gen_ai.usage.output_tokens': 64,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.input.messages': MESSAGES,
    'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"¿A las 5?"}]}]',
  },
};

const resource = { attributes: { 'service.name': 'bench', 'process.pid': 1 }, asyncAttributesPending: false };

function spansOf(attributes) {
  const now = Math.floor(Date.now() / 1000);
  let traceId;
  return Array.from({ length: SPANS }, (_, n) => {
    if (n % SPANS_PER_TRACE === 0) traceId = randomBytes(16).toString('hex');
    const context = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: 1 };
    return {
      name: 'work',
      kind: 2,
      spanContext: () => context,
      startTime: [now, n],
      endTime: [now, n + 5_000_000],
      status: { code: 0 },
      attributes,
      links: [],
      events: [],
      ended: true,
      resource,
      instrumentationScope: { name: 'bench', version: '1' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
}

const dir = mkdtempSync(join(tmpdir(), 'bench-otlp-in-'));
class BenchModule {}
const everyone = { canActivate: () => true };
const tracing = TraceModule.forRoot({ storage: { dir }, otlp: { orphans: 'trace' }, debug: { guards: [everyone] } });
Module({ imports: [tracing] })(BenchModule);
const app = await NestFactory.create(BenchModule, { logger: ['error', 'warn'] });
await app.init();
const receiver = app.get(SPAN_RECEIVER, { strict: false });
try {
  for (const [kind, attributes] of Object.entries(KINDS)) console.log(JSON.stringify(await measure(kind, attributes)));
  console.log(JSON.stringify(await turns()));
  console.log(JSON.stringify(await posted()));
} finally {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
}

async function measure(kind, attributes) {
  const measured = [];
  let bytes = 0;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const spans = spansOf(attributes);
    const protobuf = Buffer.from(ProtobufTraceSerializer.serializeRequest(spans));
    const json = Buffer.from(JsonTraceSerializer.serializeRequest(spans));
    bytes = protobuf.length;
    const runs = [
      ['parse', () => JSON.parse(json.toString('utf8'))],
      ['protobuf', () => readProtobuf(protobuf)],
      ['json', () => readJson(json)],
      ['recorded', () => receiver.receive(readProtobuf(protobuf).spans)],
    ];
    const result = {};
    for (const [name, run] of round % 2 === 0 ? runs : runs.toReversed()) {
      await turn();
      const before = mainThreadCpuMs();
      await run();
      result[name] = ((mainThreadCpuMs() - before) * 1_000) / SPANS;
    }
    if (round >= 0) measured.push(result);
  }
  const of = (name) => (each) => each[name];
  const line = { kind, spans: SPANS, bytes_per_span: Math.round(bytes / SPANS) };
  for (const name of ['parse', 'protobuf', 'json', 'recorded']) {
    line[`${name}_us`] = rounded(medianOf(measured, of(name)));
    if (name !== 'parse')
      line[`${name}_ratio`] = interval(bootstrap(measured, (some) => ratioOfMedians(some, of(name), of('parse'))));
  }
  return line;
}

function interval({ value, low, high }) {
  return [value, low, high].map((each) => rounded(each));
}

/** The longest turn, in milliseconds on the clock, while each body is read in turns as the endpoint does. */
async function turns() {
  const span = (content) => bytesOf(1, bytesOf(2, bytesOf(2, content)));
  const many = ProtobufTraceSerializer.serializeRequest(Array.from({ length: 12 }, () => spansOf(KINDS.http)).flat());
  const bodies = {
    '6,144 spans': ['protobuf', Buffer.from(many)],
    'a million attributes': ['protobuf', span(Buffer.alloc(5_000_000 - 1_000_000, bytesOf(9, Buffer.alloc(0))))],
    'a million events': ['protobuf', span(Buffer.alloc(2_000_000, bytesOf(11, Buffer.alloc(0))))],
    'a million spans': ['protobuf', bytesOf(1, bytesOf(2, Buffer.alloc(2_000_000, bytesOf(2, Buffer.alloc(0)))))],
    '4 MiB of brackets': ['json', Buffer.alloc(4 * 1024 * 1024, '[')],
    '4 MiB of empty spans': [
      'json',
      Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(1_398_000)}{}]}]}]}`),
    ],
    '4 MiB in one text': ['json', Buffer.from(`{"resourceSpans":[],"x":"${'a'.repeat(4_194_200)}"}`)],
  };
  const result = { longest_turn_ms: {} };
  for (const [name, [type, body]] of Object.entries(bodies)) {
    let longest = 0;
    for (let n = 0; n < 3; n += 1) longest = Math.max(longest, await longestTurn(type, body));
    result.longest_turn_ms[name] = rounded(longest);
  }
  return result;
}

async function longestTurn(type, body) {
  await turn();
  let longest = 0;
  const timed = (turnOfWork) => {
    const began = performance.now();
    try {
      turnOfWork();
    } finally {
      longest = Math.max(longest, performance.now() - began);
    }
  };
  try {
    await inTurns(type === 'json' ? jsonReading(body) : protobufReading(body), timed);
  } catch (error) {
    if (error.name !== 'WireFault') throw error;
  }
  return longest;
}

/**
 * The longest turn, in milliseconds on the clock, of an application in a process of its own that gets bodies near 4 MiB of ordinary
 * spans, beside how long one `JSON.parse` of the body takes.
 */
async function posted() {
  const result = { longest_turn_ms_of_a_posted_body: {} };
  const program = fileURLToPath(new URL('support/otlp-in-app.mjs', import.meta.url));
  const served = fork(program, [join(dir, 'posted')]);
  const [{ port }] = await once(served, 'message');
  for (const [kind, attributes] of Object.entries(KINDS)) {
    for (const [type, serializer] of [
      ['json', JsonTraceSerializer],
      ['protobuf', ProtobufTraceSerializer],
    ]) {
      const delays = [];
      let body;
      for (let n = 0; n < POSTS; n += 1) {
        // New ids each time: spans that were seen are not recorded again.
        body = nearlyFull(serializer, attributes);
        delays.push(await post(served, port, type, body));
      }
      const began = performance.now();
      if (type === 'json') JSON.parse(body.toString());
      result.longest_turn_ms_of_a_posted_body[`${kind}, ${type}`] = {
        bytes: body.length,
        turns: delays,
        ...(type === 'json' && { parse: rounded(performance.now() - began, 1) }),
      };
    }
  }
  const gone = once(served, 'exit');
  served.disconnect();
  await gone;
  return result;
}

function nearlyFull(serializer, attributes) {
  const one = serializer.serializeRequest(spansOf(attributes)).length / SPANS;
  const requests = Math.ceil(MAX_BODY / one / SPANS);
  const spans = Array.from({ length: requests }, () => spansOf(attributes)).flat();
  return Buffer.from(serializer.serializeRequest(spans.slice(0, Math.floor((0.99 * MAX_BODY) / one))));
}

/** Posts a body; returns the longest delay of the application's event loop meanwhile, in milliseconds. */
async function post(served, port, type, body) {
  const media = type === 'json' ? 'application/json' : 'application/x-protobuf';
  const asked = (message) => (served.send(message), once(served, 'message'));
  await asked('begin');
  const { status } = await fetch(`http://127.0.0.1:${port}/debug/otlp/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': media },
    body,
  });
  const [{ longest }] = await asked('end');
  if (status !== 200) throw new Error(`the endpoint answered ${status}`);
  return rounded(longest, 1);
}

function bytesOf(field, content) {
  const length = [];
  let rest = content.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length, rest]), content]);
}
