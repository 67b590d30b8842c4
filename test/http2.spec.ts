import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Post, Sse } from '@nestjs/common';
import { currentTrace, traceEvent, TraceService } from 'nestjs-trace-collector';
import { filter, firstValueFrom, interval, map, type Observable } from 'rxjs';
import { type RunningApp, startApp } from './support/nest-app.js';

@Controller('webhook')
class WebhookController {
  @Post()
  receive(): { contact?: string } {
    traceEvent('seen');
    return { contact: currentTrace()?.contactId };
  }

  @Post('slow')
  async slow(): Promise<string> {
    await delay(150);
    traceEvent('went_on');
    return 'nobody is there';
  }

  @Sse('feed')
  feed(): Observable<{ data: string }> {
    return interval(10).pipe(map((n) => ({ data: `n${n}` })));
  }
}

interface Answer {
  headers: IncomingHttpHeaders;
  text: string;
}

/** Express has no HTTP/2: its requests and responses are built on those of `node:http`. */
describe('HTTP/2, without TLS, on fastify', () => {
  let app: RunningApp;
  let traces: TraceService;
  let session: ClientHttp2Session;

  beforeAll(async () => {
    app = await startApp({ adapter: 'fastify', controllers: [WebhookController], instance: { http2: true } });
    traces = app.app.get(TraceService);
    session = connect(app.url);
    await once(session, 'connect');
  });
  afterAll(async () => {
    session.destroy();
    await app.close();
  });

  const open = (headers: OutgoingHttpHeaders) =>
    session.request({ ':method': 'POST', 'content-type': 'application/json', ...headers });

  async function post(path: string, body: string): Promise<Answer> {
    const stream = open({ ':path': path });
    stream.end(body);
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    let text = '';
    for await (const chunk of stream.setEncoding('utf8')) text += chunk;
    return { headers, text };
  }

  /** The trace that ends next after `act`. */
  async function endedOf(act: () => unknown): Promise<any> {
    const ended = firstValueFrom(traces.stream().pipe(filter(({ type }) => type === 'trace.ended')));
    await act();
    const { data } = (await ended) as { data: { trace_id: string } };
    return traces.trace(data.trace_id);
  }

  const typesOf = (trace: any): string[] => trace.events.map((event: any) => event.type);

  it('sends the trace id in x-trace-id, for every responder', async () => {
    for (const [path, body, status, contact] of [
      ['/webhook', '{"contactId":"h2","body":"hola"}', 201, 'h2'],
      ['/webhook', '{bad', 400, 'unknown'],
      ['/webhook/nowhere', '{}', 404, 'unknown'],
    ] as const) {
      let answer: Answer | undefined;
      const trace = await endedOf(async () => (answer = await post(path, body)));
      expect(answer?.headers).toMatchObject({ ':status': status, 'x-trace-id': trace.trace_id });
      expect(trace).toMatchObject({ contact_id: contact, webhook: { path, status_code: status } });
      if (status === 201) expect(answer?.text).toBe('{"contact":"h2"}');
    }
  });

  it('records a client that leaves before the response', async () => {
    const trace = await endedOf(async () => {
      const stream = open({ ':path': '/webhook/slow' });
      stream.on('error', () => undefined);
      stream.end('{"contactId":"h2-gone"}');
      await delay(50);
      stream.close(8);
    });
    expect(trace).toMatchObject({ contact_id: 'h2-gone', status: 'cancelled', webhook: { status_code: 499 } });
    expect(typesOf(trace)).toEqual(expect.arrayContaining(['webhook_aborted', 'went_on']));
  });

  it('records an upload that breaks off', async () => {
    const trace = await endedOf(async () => {
      const stream = open({ ':path': '/webhook', 'content-length': '100' });
      stream.on('error', () => undefined);
      stream.write('{"a":');
      await delay(50);
      stream.close(8);
    });
    expect(trace).toMatchObject({
      status: 'cancelled',
      webhook: { status_code: 499 },
      errors: [],
    });
    expect(typesOf(trace)).toContain('webhook_aborted');
  });

  it('ends a feed that its reader closes, without a fault', async () => {
    const trace = await endedOf(async () => {
      const stream = open({ ':path': '/webhook/feed', ':method': 'GET' });
      await once(stream, 'data');
      stream.close(8);
    });
    expect(trace).toMatchObject({ status: 'cancelled', errors: [], webhook: { path: '/webhook/feed' } });
  });

  it('records no internal failure', async () => {
    expect(await traces.health()).toMatchObject({ self_errors: 0 });
  });
});
