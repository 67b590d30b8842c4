import { gzipSync, deflateSync } from 'node:zlib';
import { type OtelSpan, OTEL_KIND, OTEL_STATUS } from '../libs/trace/src/otel/otel-span.js';
import { writeJson } from '../libs/trace/src/otel/wire/write-json.js';
import { writeProtobuf } from '../libs/trace/src/otel/wire/write-protobuf.js';
import { ADAPTERS, type AppParts, type RunningApp, startApp } from './support/nest-app.js';
import { WebhookController } from './support/webhook.controller.js';

const PROTOBUF = 'application/x-protobuf';
let ids = 0;
const hex = (bytes: number): string => (ids += 1).toString(16).padStart(bytes * 2, '0');

const spanOf = (traceId: string, more: Partial<OtelSpan> = {}): OtelSpan => ({
  traceId,
  spanId: hex(8),
  name: 'work',
  kind: OTEL_KIND.internal,
  startedAt: Date.now() * 1_000 - 40_000,
  endedAt: Date.now() * 1_000,
  attributes: {},
  events: [],
  links: [],
  status: { code: OTEL_STATUS.unset },
  scope: { name: 'agents' },
  resource: { 'service.name': 'python-agent' },
  ...more,
});

let app: RunningApp;
const start = async (parts: AppParts) => {
  app = await startApp({ controllers: [WebhookController], ...parts });
};
afterEach(() => app.close());

const send = (body: Uint8Array | string, headers: Record<string, string> = {}, path = '/debug/otlp/v1/traces') =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': PROTOBUF, ...headers },
    body: body as unknown as string,
  });

/** A webhook that has ended, with a W3C trace id of the caller's. */
const webhook = async (): Promise<{ id: string; traceId: string; caller: string }> => {
  const [traceId, caller] = [hex(16), hex(8)];
  const contact = `c${ids}`;
  const given = { contactId: contact, body: 'Hi' };
  await app.post('/webhook/sync', given, { traceparent: `00-${traceId}-${caller}-01` });
  const { trace_id: id } = await app.ended(contact);
  return { id, traceId, caller };
};
const stepsOf = async (id: string): Promise<any[]> => {
  const { events } = await app.debug(`/trace/${id}`);
  return events.filter((event: { data?: { attributes?: Record<string, string> } }) =>
    JSON.stringify(event).includes('"otlp"'),
  );
};
/** The index is behind by moments. */
const until = async <T>(read: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await read();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe.each(ADAPTERS)('spans of another process, on %s', (adapter) => {
  it('join the trace of their W3C id, with their steps, tokens and errors', async () => {
    await start({ adapter });
    const { id, traceId } = await webhook();
    const agent = spanOf(traceId, {
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'scorer',
        'gen_ai.usage.input_tokens': 20,
      },
    });
    const call = spanOf(traceId, {
      parentSpanId: agent.spanId,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-5',
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Hola' }] }]),
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 12,
        authorization: 'Bearer sk-canary-1234567890abcdef',
      },
      status: { code: OTEL_STATUS.error, message: 'rate limited' },
    });
    // The child first: exporters send spans in the order in which they end.
    const response = await send(gzipSync(writeProtobuf([call, agent])), { 'content-encoding': 'gzip' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, PROTOBUF, '']);
    const trace = await until(async () => {
      const found = await app.debug(`/trace/${id}`);
      return found.summary.llm && found.errors.length > 0 && found;
    });
    expect(trace.errors).toEqual([expect.objectContaining({ message: 'rate limited', location: 'gpt-5' })]);
    expect(JSON.stringify(trace)).toContain('python-agent');
    expect(JSON.stringify(trace)).not.toContain('sk-canary');
    const steps = await stepsOf(id);
    const [outer, inner] = [agent, call].map(({ spanId }) => steps.find((step) => step.span_id === spanId));
    expect(outer).toMatchObject({ name: 'scorer' });
    expect(inner).toMatchObject({ name: 'gpt-5', parent_span_id: agent.spanId });
    expect(trace.summary.llm).toMatchObject({ calls: 1, input_tokens: 20, output_tokens: 12 });
  });

  it('that failed are failed steps; an error of the trace is the failure of what is no call', async () => {
    await start({ adapter });
    const { id, traceId } = await webhook();
    const tool = spanOf(traceId, {
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'pay' },
      status: { code: OTEL_STATUS.error, message: 'no card' },
    });
    const failed = { status: { code: OTEL_STATUS.error, message: 'refused' }, parentSpanId: tool.spanId };
    const exception = { 'exception.type': 'E', 'exception.message': 'refused' };
    const of = (name: string, more: Partial<OtelSpan>) => spanOf(traceId, { name, ...failed, ...more });
    const calls = [
      of('call', { kind: OTEL_KIND.client, attributes: { 'http.request.method': 'GET' } }),
      of('query', {
        attributes: { 'db.system': 'redis' },
        events: [{ name: 'exception', at: 1, attributes: exception }],
      }),
      of('publish', { kind: OTEL_KIND.producer }),
    ];
    expect((await send(writeProtobuf([...calls, tool]))).status).toBe(200);
    const trace = await until(async () => {
      const found = await app.debug(`/trace/${id}`);
      return found.errors.length > 0 && found;
    });
    expect(trace.errors).toEqual([expect.objectContaining({ message: 'no card', location: 'pay' })]);
    const ends = trace.events.filter((event: { name: string }) => calls.some(({ name }) => name === event.name));
    expect(ends).toHaveLength(3);
    for (const { data } of ends) {
      expect(data).toMatchObject({ outcome: 'error', output: { error: { message: 'refused' } } });
    }
  });

  it('are steps of a trace that runs, and the trace ends after them', async () => {
    await start({ adapter });
    let open = (): void => {};
    WebhookController.gate = new Promise<void>((resolve) => (open = resolve));
    const traceId = hex(16);
    const given = { contactId: `r${ids}`, body: 'Hi' };
    await app.post('/webhook', given, { traceparent: `00-${traceId}-${hex(8)}-01` });
    const span = spanOf(traceId, { name: 'remote work' });
    expect((await send(writeProtobuf([span]))).status).toBe(200);
    const { traces } = await app.debug(`/traces?contact_id=${given.contactId}`);
    expect(traces).toMatchObject([{ status: 'active' }]);
    open();
    const { trace_id: id } = await app.ended(given.contactId);
    const trace = await app.debug(`/trace/${id}`);
    expect(trace.events.find((event: { span_id: string }) => event.span_id === span.spanId)).toMatchObject({
      name: 'remote work',
    });
    expect(trace.debug_hints.join()).not.toMatch(/late/i);
  });

  it('are read as JSON too, and recorded once however often they are sent', async () => {
    await start({ adapter });
    const { id, traceId } = await webhook();
    const body = writeJson([spanOf(traceId)]);
    for (let n = 0; n < 3; n += 1) {
      const response = await send(body, { 'content-type': 'application/json; charset=utf-8' });
      expect([response.status, await response.json()]).toEqual([200, {}]);
    }
    const steps = await until(async () => {
      const found = await stepsOf(id);
      return found.length > 0 && found;
    });
    expect(new Set(steps.map((step) => step.span_id)).size).toBe(1);
    expect(steps.filter((step) => step.type.endsWith('start') || step.type === 'span').length).toBeLessThanOrEqual(1);
  });

  it('of no trace are counted, and the sender is told; with orphans: trace they are one', async () => {
    await start({ adapter });
    const lost = await send(writeJson([spanOf(hex(16))]), { 'content-type': 'application/json' });
    expect(await lost.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('otlp.orphans') },
    });
    await send('{', { 'content-type': 'application/json' });
    expect((await app.debug('/health')).otlp_received).toEqual({
      recorded: 0,
      repeated: 0,
      orphans: 1,
      over_limit: 0,
      invalid: 0,
      refused_requests: 1,
    });
    await app.close();
    await start({ adapter, options: { otlp: { orphans: 'trace' } } });
    const traceId = hex(16);
    const kept = await send(writeProtobuf([spanOf(traceId, { attributes: { 'session.id': 'maria' } })]));
    expect(kept.status).toBe(200);
    expect(await app.ended('maria')).toMatchObject({ status: 'completed', contact_id: 'maria' });
    // A later batch of the same trace joins it.
    await send(writeProtobuf([spanOf(traceId)]));
    const { traces } = await app.debug('/traces?limit=10');
    expect(traces).toHaveLength(1);
  });

  it('are refused for some seconds where they have opened too many traces', async () => {
    await start({ adapter, options: { otlp: { orphans: 'trace' }, lifecycle: { quietMs: 60_000 } } });
    const each = Array.from({ length: 10_001 }, () => spanOf(hex(16), { resource: {} }));
    expect((await send(writeProtobuf(each))).status).toBe(200);
    const refused = await send(writeJson([spanOf(hex(16))]), { 'content-type': 'application/json' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toEqual({ code: 14, message: expect.stringContaining('10000 traces run') });
    expect((await app.debug('/health')).otlp_received).toMatchObject({ recorded: 10_001, refused_requests: 1 });
  }, 60_000);

  it.each([
    ['another type', 'x', { 'content-type': 'text/csv' }, 415],
    ['a body that is cut', writeProtobuf([spanOf(hex(16))]).subarray(0, 40), {}, 400],
    ['JSON that is none', '{"resourceSpans":[', { 'content-type': 'application/json' }, 400],
    ['JSON of something else', '{"a":1}', { 'content-type': 'application/json' }, 400],
    ['deep JSON', '['.repeat(1_000_000), { 'content-type': 'application/json' }, 400],
    ['gzip that is none', 'x', { 'content-encoding': 'gzip' }, 400],
    ['another encoding', 'x', { 'content-encoding': 'br' }, 400],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }, 413],
    ['a deflate bomb', deflateSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'deflate' }, 413],
    ['5 MB', Buffer.alloc(5 * 1024 * 1024), {}, 413],
  ] as [string, Uint8Array | string, Record<string, string>, number][])(
    'are refused whole, with a reason: %s',
    async (_, body, headers, status) => {
      await start({ adapter });
      const response = await send(body, headers);
      expect(response.status).toBe(status);
      expect((await response.text()).length).toBeGreaterThan(10);
      // The application goes on.
      expect((await app.post('/webhook/sync', { contactId: 'after', body: 'x' })).status).toBe(201);
    },
  );

  it('need the token, before their body is read', async () => {
    const given = process.env.NODE_ENV;
    process.env.NODE_ENV = 'staging';
    await start({ adapter, options: { debug: { token: 'a-token-of-thirty-two-characters-' } } });
    process.env.NODE_ENV = given;
    const body = writeProtobuf([spanOf(hex(16))]);
    const before = await send(body);
    expect([before.status, await before.json()]).toMatchObject([401, { code: 'ACCESS_DENIED' }]);
    const authorization = 'Bearer a-token-of-thirty-two-characters-';
    expect((await send(body, { authorization })).status).toBe(200);
  });

  it('arrive below a global prefix, and where Nest parses no bodies or keeps raw ones', async () => {
    for (const nest of [{ bodyParser: false }, { rawBody: true }]) {
      await start({ adapter, nest, configure: (host) => host.setGlobalPrefix('api') });
      const response = await send(writeProtobuf([spanOf(hex(16))]), {}, '/api/debug/otlp/v1/traces');
      expect(response.status).toBe(200);
      await app.close();
    }
    await start({ adapter });
  });
});

it('an asynchronous hook of Fastify that was set before ours does not stop requests', async () => {
  const seen: string[] = [];
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  const { NestFactory } = await import('@nestjs/core');
  const { Module } = await import('@nestjs/common');
  const { TraceModule } = await import('nestjs-trace-collector');
  class App {}
  Module({ imports: [TraceModule.forRoot({ storage: { dir: app?.dir } })], controllers: [WebhookController] })(App);
  const adapter = new FastifyAdapter();
  adapter.setOnRequestHook((async (request: { url: string }) => {
    seen.push(request.url);
  }) as never);
  const host = await NestFactory.create(App, adapter as never, { logger: false });
  await host.listen(0, '127.0.0.1');
  try {
    const { port } = host.getHttpServer().address();
    for (const path of ['/webhook/sync', '/debug/otlp/v1/traces']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      expect(response.status).toBeLessThan(500);
    }
    expect(seen).toEqual(['/webhook/sync', '/debug/otlp/v1/traces']);
  } finally {
    await host.close();
    await start({});
  }
});
