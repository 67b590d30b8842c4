import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceSpans } from '../../../libs/trace/src/otel/export/trace-spans.js';
import { OTEL_KIND, OTEL_STATUS, type OtelSpan } from '../../../libs/trace/src/otel/otel-span.js';
import { writeJson } from '../../../libs/trace/src/otel/wire/write-json.js';
import type { FullTraceResponse } from '../../../libs/trace/src/contract/responses.js';
import { Story } from '../../../test/support/story.js';
import { readTrace } from './read-trace.js';

const AT = 1_705_761_022_000_000;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const spanOf = (spanId: string, more: Partial<OtelSpan> = {}): OtelSpan => ({
  traceId: TRACE,
  spanId: spanId.repeat(16),
  name: 'work',
  kind: OTEL_KIND.internal,
  startedAt: AT,
  endedAt: AT + 2_000_000,
  attributes: {},
  events: [],
  links: [],
  status: { code: OTEL_STATUS.unset },
  scope: { name: 'agents' },
  ...more,
});

const AGENT = spanOf('a', {
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'sofia', 'session.id': 'ana' },
});
const CALL = spanOf('b', {
  parentSpanId: AGENT.spanId,
  startedAt: AT + 500_000,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.usage.input_tokens': 20,
    'gen_ai.usage.output_tokens': 12,
  },
  status: { code: OTEL_STATUS.error, message: 'rate limited' },
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'otlp-json-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function read(text: string, traceId?: string): Promise<FullTraceResponse> {
  const file = join(dir, 'spans.json');
  await writeFile(file, text);
  return (await readTrace(file, traceId)).answer as FullTraceResponse;
}

it('takes the route of a request', async () => {
  const attributes = { 'http.request.method': 'POST', 'url.path': '/webhook/17', 'http.route': '/webhook/:id' };
  const { webhook } = await read(writeJson([spanOf('c', { kind: OTEL_KIND.server, attributes })]));
  expect(webhook).toMatchObject({ method: 'POST', path: '/webhook/17', route: '/webhook/:id' });
});

it('shows spans of an agent as a trace: steps, tokens, the error where it was', async () => {
  const trace = await read(writeJson([CALL, AGENT]));
  expect(trace).toMatchObject({ trace_id: 'ana_20240120_143022_000000', contact_id: 'ana', status: 'error' });
  expect(trace.duration_ms).toBe(2_000);
  expect(trace.errors).toMatchObject([{ message: 'rate limited', location: 'gpt-5' }]);
  expect(trace.summary.llm).toMatchObject({ calls: 1, input_tokens: 20, output_tokens: 12 });
  expect(trace.timeline.join('\n')).toMatch(/Agent: sofia[^]*gpt-5[^]*rate limited/);
  const [outer, inner] = ['sofia', 'gpt-5'].map((name) => trace.events.find((event) => event.name === name));
  expect(inner).toMatchObject({ parent_span_id: outer!.span_id, duration_ms: 1_500 });
});

it('takes a span of a server as the webhook', async () => {
  const attributes = { 'http.request.method': 'POST', 'url.path': '/hook', 'http.response.status_code': 201 };
  const server = spanOf('c', { kind: OTEL_KIND.server, attributes });
  const trace = await read(writeJson([{ ...AGENT, parentSpanId: server.spanId }, server]));
  expect(trace.webhook).toMatchObject({ method: 'POST', path: '/hook', status_code: 201 });
  expect(trace.status).toBe('completed');
});

it('reads what the export of a trace wrote: the same steps, error, contact and id', async () => {
  const story = new Story()
    .open()
    .identify()
    .span('a'.repeat(16), 'agent', 'sofia')
    .span('b'.repeat(16), 'tool', 'book', { parent: 'a'.repeat(16), input: { day: 5 } })
    .error('book', 'no slot', { span: 'b'.repeat(16), stack: 'Error: no slot\n    at book (src/book.ts:1:2)' })
    .spanEnd('b'.repeat(16), 3, { outcome: 'error' })
    .spanEnd('a'.repeat(16), 5, { output: 'none' });
  const stored = story.stored();
  const trace = await read(writeJson(traceSpans(stored, { content: 'full', resource: {} } as never)));
  expect(trace).toMatchObject({ trace_id: stored.head.traceId, contact_id: stored.head.contactId });
  expect(trace.errors).toMatchObject([{ message: 'no slot', location: 'book' }]);
  expect(trace.events.filter(({ span_id }) => span_id !== null).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['sofia', 'book']),
  );
  expect(trace.webhook_message).toBe(stored.head.message);
});

it('reads a file of a collector: a request on each line, some of them twice', async () => {
  const [one, two] = [writeJson([CALL]), writeJson([AGENT])];
  const trace = await read(`${one}\n${two}\n${one}\n`);
  expect(trace.events.filter(({ type }) => type === 'llm')).toHaveLength(1);
});

it('asks which trace, where there are several', async () => {
  const other = spanOf('d', { traceId: 'f'.repeat(32) });
  const text = writeJson([AGENT, other]);
  await expect(read(text)).rejects.toThrow(/has 2 traces; choose one with --trace-id:[^]*4bf92f35[^]*ffffffff/);
  await expect(read(text, '99')).rejects.toThrow(/'99' is none of the file's traces/);
  expect((await read(text, '4BF92F')).contact_id).toBe('ana');
  expect((await read(text, 'ana_2024')).contact_id).toBe('ana');
});

it.each([
  ['no spans', '{"resourceSpans":[]}', /has no trace: it has no spans/],
  ['spans without ids', writeJson([spanOf('a', { traceId: '' })]), /has no valid trace id/],
  ['something else', '{"resourceSpans":[5]}', /An element of 'resourceSpans' is no object/],
])('refuses a file with %s', async (_, text, why) => {
  await expect(read(text)).rejects.toThrow(why);
});

it('names --trace-id where a file has one trace', async () => {
  await expect(read('{"a":1}', 'x')).rejects.toThrow(/--trace-id is for OTLP JSON/);
});
