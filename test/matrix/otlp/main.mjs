/**
 * Traces through OpenTelemetry's own code: out to its decoder, in from its serializers. Prints one line of JSON per cell:
 * `{ "cell", "fault"?, "note"? }`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { Application } from './application.mjs';
import { decode, encode, leavesOf, spansOf } from './schema.mjs';
import { officialSpans, STEPS } from './spans.mjs';
import { stepsOf } from './steps.mjs';
import { work } from './work.mjs';

const CALLER = '00f067aa0ba902b7';
const caller = (traceId) => ({ traceparent: `00-${traceId}-${CALLER}-01` });

/** Microseconds of ISO 8601 with six decimals. */
const microsOf = (iso) => Date.parse(iso) * 1_000 + Number(iso.slice(-4, -1));

async function cell(name, test) {
  const line = { cell: name };
  try {
    line.note = await test();
  } catch (error) {
    line.fault = String(error.stack ?? error).slice(0, 6_000);
  }
  console.log(JSON.stringify(line));
}

const bodies = [];
const receiver = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  bodies.push(Buffer.concat(chunks));
  receiver.emit('body');
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');

const W3C = '4bf92f3577b34da6a3ce929d0e0e4736';
const app = await Application.start({ url: `http://127.0.0.1:${receiver.address().port}` }, () => work(app.url));
const id = await app.webhook({ ...caller(W3C), tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE' });
const trace = await app.ended(id);
while (bodies.length === 0) await once(receiver, 'body');
const sent = decode(bodies[0]);
const GET_TRACE = 'node_modules/nestjs-trace-collector/dist/cli/main.js';
const command = [GET_TRACE, 'export', id, '--format', 'otlp', '--dir', app.dir];
const { stdout } = await promisify(execFile)(process.execPath, command);
const exported = JSON.parse(stdout);

await cell('protobuf that is sent, read by the official decoder, is the JSON export, span by span', () => {
  const spans = spansOf(sent);
  assert.deepEqual(spans, spansOf(exported));
  assert.equal(
    spans.length,
    1 + trace.events.filter((event) => event.span_id !== null && event.duration_ms !== null).length,
  );
  assert.deepEqual(new Set(spans.map(({ traceId }) => traceId)), new Set([W3C]));
  return `${spans.length} spans`;
});

await cell('the JSON export has no name and no type that the official schema lacks', () => {
  const again = decode(encode(exported));
  assert.deepEqual(spansOf(again), spansOf(exported));
  assert.deepEqual(leavesOf(again), leavesOf(exported));
});

await cell('protobuf that is sent and encoded again by the official code comes in as the same steps', async () => {
  await app.app.close();
  const other = await Application.start({ orphans: 'trace' });
  try {
    await other.post(encode(sent), 'application/x-protobuf');
    const found = await other.until(
      (traces) => traces.lastTrace(),
      ({ status }) => status !== 'active',
    );
    // The webhook of the first application is a step of this trace.
    const [webhook, ...steps] = stepsOf(found);
    assert.equal(webhook.parent, CALLER);
    assert.deepEqual(
      steps,
      stepsOf(trace).map((step) => ({ ...step, parent: step.parent ?? webhook.id })),
    );
    const errors = ({ errors: all }) => all.map(({ type, message, stack }) => ({ type, message, stack }));
    assert.deepEqual(errors(found), errors(trace));
    // The cost comes with the spans: who computed it is another matter.
    const sums = ({ summary: { llm } }) => ({ ...llm, prices: undefined });
    assert.deepEqual(sums(found), sums(trace));
    return `${steps.length} steps, ${trace.errors.length} errors`;
  } finally {
    await other.close();
  }
});
await app.close().catch(() => undefined);

const inside = await Application.start({});
for (const [name, serializer, type, traceId] of [
  ['ProtobufTraceSerializer', ProtobufTraceSerializer, 'application/x-protobuf', '1'.repeat(32)],
  ['JsonTraceSerializer', JsonTraceSerializer, 'application/json', '2'.repeat(32)],
]) {
  await cell(`spans of SDK 2 by ${name} come in as the same steps`, async () => {
    const about = await inside.webhook(caller(traceId));
    const spans = officialSpans(traceId, CALLER);
    await inside.post(serializer.serializeRequest(spans), type);
    const found = await inside.until(
      (traces) => traces.trace(about),
      (one) => stepsOf(one).length === spans.length && one.errors.length > 0,
    );
    const of = (title) => spans.find((span) => span.name === title);
    const micros = ([seconds, nanos]) => seconds * 1e6 + nanos / 1_000;
    assert.deepEqual(
      stepsOf(found).map((step) => ({ ...step, at: microsOf(step.at) })),
      STEPS.map(({ span: title, parent, ...step }) => {
        const { startTime, endTime } = of(title);
        return {
          ...step,
          id: of(title).spanContext().spanId,
          parent: parent === undefined ? CALLER : of(parent).spanContext().spanId,
          at: micros(startTime),
          ms: (micros(endTime) - micros(startTime)) / 1_000,
        };
      }),
    );
    const { calls, input_tokens: input, output_tokens: output } = found.summary.llm;
    assert.deepEqual({ calls, input, output }, { calls: 1, input: 20, output: 12 });
    assert.deepEqual(
      found.errors.map(({ location, type: thrown, message }) => ({ location, thrown, message })),
      [{ location: 'pay', thrown: 'TypeError', message: 'no card' }],
    );
    return `${spans.length} spans`;
  });
}
await inside.close();
receiver.close();
process.exit(0);
