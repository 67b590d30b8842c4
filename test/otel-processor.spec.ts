import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { Controller, HttpException, Post } from '@nestjs/common';
import { currentTrace, Traced, traceEvent } from 'nestjs-trace-collector';
import { TraceSpanProcessor } from 'nestjs-trace-collector/otel';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

/** OpenTelemetry's context, over AsyncLocalStorage as its own manager is. */
class Contexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    at: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.storage.run(at, () => fn.call(thisArg, ...args));
  }
  bind<T>(_at: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

let work: (tracer: Tracer) => unknown = () => undefined;
let tracer: Tracer;

class Agent {
  @Traced({ kind: 'tool', name: 'calendar' })
  async calendar(): Promise<string> {
    await tracer.startActiveSpan(
      'SELECT',
      { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' } },
      async (span) => span.end(),
    );
    return '10:00';
  }
}

@Controller('webhook')
class Hooks {
  @Post()
  async receive(): Promise<object> {
    await work(tracer);
    return { trace: currentTrace()?.traceId };
  }
}

describe.each(ADAPTERS)('spans of OpenTelemetry in a trace, on %s', (adapter) => {
  let app: RunningApp;
  let processor: TraceSpanProcessor;
  let contact = 0;

  beforeAll(async () => {
    context.setGlobalContextManager(new Contexts());
    processor = new TraceSpanProcessor();
    const provider = new BasicTracerProvider({ spanProcessors: [processor as never] });
    trace.setGlobalTracerProvider(provider);
    tracer = trace.getTracer('@acme/agents');
    app = await startApp({ adapter, controllers: [Hooks] });
  });
  afterAll(async () => {
    await processor.shutdown();
    trace.disable();
    context.disable();
    await app.close();
  });

  const run = async (does: typeof work, headers: Record<string, string> = {}): Promise<any> => {
    work = does;
    const id = `c${(contact += 1)}-${adapter}`;
    await app.post('/webhook', { contactId: id, body: 'Hi' }, headers);
    return app.ended(id);
  };
  const named = (found: any, name: string) =>
    found.events.filter((event: { name: string | null }) => event.name === name);

  it('are steps: agent, model call with messages and tokens, and what is inside them', async () => {
    const found = await run((by) =>
      by.startActiveSpan(
        'invoke_agent sofia',
        { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'sofia' } },
        async (agent) => {
          const call = by.startSpan('chat gpt-5', {
            kind: SpanKind.CLIENT,
            attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5' },
          });
          call.setAttribute(
            'gen_ai.input.messages',
            JSON.stringify([
              { role: 'user', parts: [{ type: 'text', content: 'my key is sk-canary-0123456789abcdef0123' }] },
            ]),
          );
          call.setAttribute('gen_ai.usage.input_tokens', 20).setAttribute('gen_ai.usage.output_tokens', 12).end();
          agent.setAttribute('gen_ai.usage.input_tokens', 20);
          await new Agent().calendar();
          traceEvent('thought', { inside: true });
          agent.end();
        },
      ),
    );
    const [agent] = named(found, 'sofia');
    const [call] = named(found, 'gpt-5');
    const [tool] = named(found, 'calendar');
    const [query] = named(found, 'SELECT');
    expect(agent).toMatchObject({ type: 'agent', parent_span_id: null });
    expect(call).toMatchObject({ parent_span_id: agent.span_id });
    // A decorated method inside a span of OpenTelemetry, and a span of OpenTelemetry inside it.
    expect(tool).toMatchObject({ type: 'tool', parent_span_id: agent.span_id });
    expect(query).toMatchObject({ parent_span_id: tool.span_id, data: { input: 'SELECT 1' } });
    expect(found.summary.llm).toMatchObject({ calls: 1, input_tokens: 20, output_tokens: 12 });
    expect(JSON.stringify(found)).not.toContain('sk-canary');
  });

  it('have the ids of OpenTelemetry, and show while they run', async () => {
    let running: any;
    let id = '';
    const found = await run(async (by) => {
      const span = by.startSpan('slow_tool', {
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'slow' },
      });
      id = span.spanContext().spanId;
      const traceId = currentTrace()!.traceId;
      do running = await app.debug(`/trace/${traceId}`);
      while (!running.events?.some((event: { name: string }) => event.name === 'slow'));
      span.end();
    });
    expect(running.status).toBe('active');
    expect(named(found, 'slow')).toEqual([expect.objectContaining({ span_id: id })]);
  });

  it('that are not accepted leave no gap', async () => {
    const found = await run((by) =>
      trace.getTracer('plumbing').startActiveSpan('middleware', (outer) => {
        by.startSpan('t', {
          attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'inner' },
        }).end();
        outer.end();
      }),
    );
    expect(named(found, 'middleware')).toEqual([]);
    expect(named(found, 'inner')).toEqual([expect.objectContaining({ parent_span_id: null })]);
  });

  it('record remote procedure calls, also of a library that sets their attributes after the start; those of AWS are HTTP calls', async () => {
    const found = await run(() => {
      const by = trace.getTracer('plumbing');
      const grpc = trace.getTracer('@opentelemetry/instrumentation-grpc');
      const book = grpc.startSpan('grpc.calendar.Calendar/Book', { kind: SpanKind.CLIENT });
      book.setAttributes({ 'rpc.system': 'grpc', 'rpc.service': 'calendar.Calendar', 'rpc.method': 'Book' });
      book.setStatus({ code: SpanStatusCode.ERROR });
      book.setAttributes({ 'rpc.grpc.status_code': 14, 'grpc.error_message': '14 UNAVAILABLE: no connection' });
      book.end();
      by.startSpan('crm.Crm/Find', { kind: SpanKind.CLIENT, attributes: { 'rpc.system.name': 'grpc' } }).end();
      by.startSpan('S3.PutObject', { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'aws-api' } }).end();
    });
    expect(named(found, 'crm.Crm/Find')).toHaveLength(1);
    expect(named(found, 'S3.PutObject')).toEqual([]);
    expect(named(found, 'grpc.calendar.Calendar/Book')).toEqual([
      expect.objectContaining({
        attributes: expect.objectContaining({ 'rpc.service': 'calendar.Calendar', 'rpc.method': 'Book' }),
        data: expect.objectContaining({ outcome: 'error' }),
      }),
    ]);
    expect(found.debug_hints).toContain('⚠️ Failed step: grpc.calendar.Calendar/Book → 14 UNAVAILABLE: no connection');
  });

  it('record an exception once, in the innermost span', async () => {
    const found = await run((by) =>
      by.startActiveSpan(
        'a',
        { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a' } },
        (outer) => {
          const inner = by.startSpan('t', {
            attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'pay' },
          });
          const error = new TypeError('no card');
          for (const span of [inner, outer]) {
            span.recordException(error);
            span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
            span.end();
          }
        },
      ),
    );
    expect(found.errors).toEqual([expect.objectContaining({ location: 'pay', type: 'TypeError', message: 'no card' })]);
  });

  /** A span in which the error is noted, as instrumentations do. */
  const fails = (error: Error | string, name: string, options: SpanOptions, by = tracer): void => {
    const span = by.startSpan(name, options);
    span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: typeof error === 'string' ? error : error.message });
    span.end();
  };
  const TOOL = { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'pay' } };
  const throws = async (error: Error): Promise<never> => {
    throw error;
  };

  it.each<[string, SpanOptions]>([
    ['a command that the client expected', { kind: SpanKind.CLIENT, attributes: { 'db.system': 'redis' } }],
    ['a statement of an ORM', { attributes: { 'db.system.name': 'postgresql' } }],
    ['a message', { kind: SpanKind.PRODUCER, attributes: { 'messaging.system': 'kafka' } }],
    [
      'a call that capture does not see',
      { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'grpc', 'messaging.system': 'x' } },
    ],
  ])('record a refusal as the end of the call only, for the application has it: %s', async (_, options) => {
    const found = await run(() => fails(new TypeError("ERR unknown subcommand 'SETINFO'"), 'refused', options));
    expect(found).toMatchObject({ status: 'completed', errors: [] });
    const message = "ERR unknown subcommand 'SETINFO'";
    expect(named(found, 'refused')).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ outcome: 'error', output: { error: { type: 'TypeError', message } } }),
      }),
    ]);
    expect(found.debug_hints.join('\n')).toMatch(
      /^(🗄️ Failed query|⚠️ Failed step): refused → TypeError ERR unknown subcommand 'SETINFO'$/mu,
    );
    expect(found.debug_hints.join()).not.toContain('completed successfully');
  });

  it('record once, in its own words, an error of a query that leaves the handler', async () => {
    const found = await run(() => {
      const sanitised = new Error("PostgreSQL error of type 'error' occurred (code: 23505)");
      fails(sanitised, 'INSERT', { kind: SpanKind.CLIENT, attributes: { 'db.system': 'postgresql' } });
      return throws(new Error('duplicate key value'));
    });
    expect(found.errors).toEqual([expect.objectContaining({ message: 'duplicate key value' })]);
  });

  it('record once an error with a code, which the SDK has in the place of its name', async () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const found = await run(() => {
      fails(error, 't', TOOL);
      return throws(error);
    });
    expect(found.errors).toEqual([expect.objectContaining({ location: 'pay', message: 'connect ECONNREFUSED' })]);
  });

  it('record once an error that is reported as one text, with its stack', async () => {
    const error = new TypeError('no slot\n\nat all');
    const found = await run(() => {
      fails(`${error.message}\n\n${error.stack}`, 't', TOOL);
      return throws(error);
    });
    expect(found.errors).toEqual([
      expect.objectContaining({ location: 'pay', type: 'TypeError', message: error.message, stack: error.stack }),
    ]);
  });

  it('know control flow by its text: an interrupt of LangGraph', async () => {
    const stack = 'GraphInterrupt: [{"value":"ok?"}]\n    at interrupt (/app/interrupt.cjs:93:8)';
    const found = await run(() => fails(`[{"value":"ok?"}]\n\n${stack}`, 't', TOOL));
    expect(found).toMatchObject({ status: 'completed', errors: [] });
    expect(named(found, 'pay')).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ outcome: 'cancelled' }) }),
    ]);
    expect(found.events.filter((event: { type: string }) => event.type === 'control_flow')).toEqual([
      expect.objectContaining({ data: expect.objectContaining({ reason: 'LangGraph interrupt' }) }),
    ]);
  });

  it('leave a timeout an error, though its text is that of an abort', async () => {
    const cause = new DOMException('The operation timed out', 'TimeoutError');
    const error = Object.defineProperty(new Error('This operation was aborted', { cause }), 'name', {
      value: 'AbortError',
    });
    const found = await run(() => {
      fails(error, 't', TOOL);
      return throws(error);
    });
    expect(found.errors).toEqual([expect.objectContaining({ type: 'AbortError' })]);
  });

  it('of a handler of Nest leave its exceptions to capture, which has their status', async () => {
    const all = new TraceSpanProcessor({ accept: () => true });
    const nest = new BasicTracerProvider({ spanProcessors: [all as never] }).getTracer('nest');
    try {
      const found = await run(() => {
        const error = new HttpException('Not Modified', 304);
        fails(error, 'receive', { attributes: { 'nestjs.type': 'handler' } }, nest);
        return throws(error);
      });
      expect(named(found, 'receive')).toHaveLength(1);
      expect(found).toMatchObject({ status: 'completed', errors: [] });
    } finally {
      await all.shutdown();
    }
  });

  it('of a call that capture sees are not recorded again', async () => {
    const found = await run(async (by) => {
      const span = by.startSpan('POST', {
        kind: SpanKind.CLIENT,
        attributes: { 'http.request.method': 'GET', 'url.full': `${app.url}/debug/health` },
      });
      await fetch(`${app.url}/nowhere`);
      span.end();
    });
    expect(
      found.events.filter((event: any) => JSON.stringify(event.data ?? {}).includes('"trace.source":"otel"')),
    ).toEqual([]);
  });

  it('that arrive at the receiver of the same process as well are recorded once', async () => {
    const [traceId, caller] = [(adapter === 'express' ? '1' : '2').repeat(32), 'c'.repeat(16)];
    let spanId = '';
    const found = await run(
      (by) => {
        // What OpenTelemetry's own instrumentation of HTTP does with the header.
        const around = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: caller, traceFlags: 1, isRemote: true });
        const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'once' };
        const span = by.startSpan('t', { attributes }, around);
        ({ spanId } = span.spanContext());
        span.end();
      },
      { traceparent: `00-${traceId}-${caller}-01` },
    );
    const at = '1700000000000000000';
    const again = { name: 't', kind: 1, startTimeUnixNano: at, endTimeUnixNano: at };
    const spans = [
      { traceId, spanId, ...again },
      { traceId, spanId: 'd'.repeat(16), ...again, name: 'another' },
    ];
    const answer = await app.post('/debug/otlp/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    expect(await answer.json()).toEqual({});
    let now: any;
    do now = await app.debug(`/trace/${found.trace_id}`);
    while (named(now, 'another').length === 0);
    expect([named(now, 'once'), named(now, 't')].flat()).toEqual([expect.objectContaining({ span_id: spanId })]);
  });

  it('outside of traces are left alone', async () => {
    const before = await app.debug('/traces');
    tracer.startSpan('x', { attributes: { 'gen_ai.operation.name': 'chat' } }).end();
    expect(await app.debug('/traces')).toEqual(before);
    expect((await app.debug('/health')).self_errors).toBe(0);
  });
});
