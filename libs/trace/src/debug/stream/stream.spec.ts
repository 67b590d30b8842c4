import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import http from 'node:http';
import { map } from 'rxjs';
import { ADAPTERS, raw, startDebugApp } from '../../../../../test/support/debug-app.js';
import type { DebugApp, DebugAppOptions } from '../../../../../test/support/debug-app.js';
import { SseClient } from '../../../../../test/support/sse-client.js';
import { TraceCollectorError } from '../../model/errors.js';
import { DebugStreams } from './debug-streams.js';

class Envelope implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ success: true, data })));
  }
}

describe.each(ADAPTERS)('the stream on %s', (adapter) => {
  let host: DebugApp;
  const clients: SseClient[] = [];
  const start = async (options: Partial<DebugAppOptions> = {}) => {
    host = await startDebugApp({ adapter, ...options });
  };
  const connect = async (query = '', headers: Record<string, string> = {}) => {
    const client = await SseClient.connect(`${host.url}/debug/stream${query}`, headers);
    clients.push(client);
    return client;
  };
  const streams = () => host.app.get(DebugStreams);
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await host.app.close();
  });

  it('sends each message with its type and id, whatever interceptor the application has', async () => {
    await start({ providers: [{ provide: APP_INTERCEPTOR, useClass: Envelope }] });
    const client = await connect();
    host.queries.push({ contact_id: 'maría\n"x"' });
    const message = await client.until(({ id }) => id === 'p1');
    expect(message.type).toBe('trace.ended');
    expect(message.data).toMatchObject({ id: 'p1', contact_id: 'maría\n"x"' });
  });

  it('resumes after Last-Event-ID, which wins over ?after=', async () => {
    await start();
    for (let count = 0; count < 5; count += 1) host.queries.push();
    const client = await connect('?after=p1', { 'last-event-id': 'p3' });
    await client.until(({ id }) => id === 'p5');
    expect(client.messages.map(({ id }) => id)).toEqual(['p4', 'p5']);
    const other = await connect('?after=p2');
    await other.until(({ id }) => id === 'p5');
    expect(other.messages.map(({ id }) => id)).toEqual(['p3', 'p4', 'p5']);
  });

  it('passes the filters on', async () => {
    await start();
    await connect('?contact_id=c&status=error&trace_id=t_1');
    expect(host.queries.streams[0]).toMatchObject({
      contactId: 'c',
      status: ['error'],
      traceId: 't_1',
      after: undefined,
    });
  });

  it.each(['?after=nonsense', '?status=broken', '?trace_id=../x', '?limit=3'])(
    'refuses %s before it opens',
    async (query) => {
      await start();
      const { status, body, headers } = await raw(host.port, { path: `/debug/stream${query}` });
      expect(status).toBe(400);
      expect(headers['content-type']).toContain('application/json');
      expect(JSON.parse(body).code).toBe(query.startsWith('?after') ? 'BAD_POSITION' : 'BAD_QUERY');
      expect(streams().count).toBe(0);
      expect(host.queries.openStreams).toBe(0);
    },
  );

  it('refuses a bad Last-Event-ID too', async () => {
    await start();
    expect((await raw(host.port, { path: '/debug/stream', headers: { 'last-event-id': '1' } })).status).toBe(400);
  });

  it('has headers that prevent buffering', async () => {
    await start();
    const response = await fetch(`${host.url}/debug/stream`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toContain('no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await response.body?.cancel();
  });

  it('sends heartbeats while nothing happens, and a heartbeat is no message', async () => {
    await start({ debug: { heartbeatMs: 5 } });
    const { response, text } = await open(host.port);
    while (text().split(': heartbeat\n\n').length < 4) await once(response, 'data');
    expect(text()).not.toMatch(/^(id|event|data):/m);
    response.destroy();
  });

  it("sends an error without changing the client's position", async () => {
    await start();
    const client = await connect();
    host.queries.push();
    await client.until(({ id }) => id === 'p1');
    host.queries.breakStreams(new TraceCollectorError('DATA_UNREADABLE', 'the disk is gone'));
    const error = await client.until(({ type }) => type === 'error');
    expect(error).toMatchObject({ id: 'p1', data: { code: 'DATA_UNREADABLE', message: 'the disk is gone' } });
    await client.done;
  });

  it('sends no position to a client that has none yet', async () => {
    await start();
    const { response, text } = await open(host.port);
    host.queries.breakStreams(new Error('secret'));
    await once(response, 'end');
    expect(text()).toMatch(/event: error\ndata: \{"statusCode":500/);
    expect(text()).not.toMatch(/^id:|secret/m);
  });

  it('stops when the client leaves', async () => {
    await start();
    const { response } = await open(host.port);
    expect(streams().count).toBe(1);
    const { signal } = host.queries.streams[0]!;
    response.destroy();
    if (!signal?.aborted) await once(signal!, 'abort');
    expect(streams().count).toBe(0);
    await new Promise(setImmediate);
    expect(host.queries.openStreams).toBe(0);
  });

  it('buffers nothing for a client that does not read, and loses no message', async () => {
    await start();
    const { response } = await open(host.port);
    response.pause();
    const padding = 'x'.repeat(10_000);
    for (let count = 0; count < 1000; count += 1) host.queries.push({ message: padding });
    let [ids, tail] = [0, ''];
    for await (const chunk of response) {
      const lines = (tail + String(chunk)).split('\n');
      tail = lines.pop() ?? '';
      ids += lines.filter((line) => line.startsWith('id: ')).length;
      if (lines.includes('id: p1000')) break;
    }
    expect(ids).toBe(1000);
  });

  it.each([
    ['sends one reset to a client that was too slow, and keeps its position', true],
    ['sends no reset to a client that reads in time', false],
  ])('%s', async (_, isSlow) => {
    await start();
    const { response } = await open(host.port);
    // Ten megabytes in small chunks: only the last part is searched.
    let [text, tail] = ['', ''];
    response.on('data', (chunk) => {
      text += String(chunk);
      tail = tail.slice(-2_000) + String(chunk);
    });
    const until = async (id: string): Promise<void> => {
      while (!tail.includes(`id: ${id}\n`)) await once(response, 'data');
    };
    host.queries.push();
    await until('p1');
    if (isSlow) response.pause();
    const padding = 'x'.repeat(isSlow ? 10_000 : 1);
    for (let count = 0; count < 1_000; count += 1) host.queries.push({ message: padding });
    // A client is slow only after some time.
    if (isSlow) await delay(500);
    host.queries.streams.at(-1)!.onReset!('p1');
    host.queries.push();
    if (isSlow) response.resume();
    await until('p1002');
    const frames = text.split('\n\n').filter((frame) => frame.startsWith('event: '));
    const resets = frames.filter((frame) => frame.startsWith('event: reset'));
    expect(resets).toEqual(isSlow ? ['event: reset\nid: p1\ndata: {"reason":"slow","after":"p1"}'] : []);
    const ids = frames.filter((frame) => !resets.includes(frame)).map((frame) => /id: (\w+)/.exec(frame)?.[1]);
    expect(ids).toEqual(Array.from({ length: 1_002 }, (__, n) => `p${n + 1}`));
  });

  it('ends with the application, within half a second for three clients', async () => {
    await start();
    const three = [await open(host.port), await open(host.port), await open(host.port, true)];
    const ends = three.map(({ response }) => once(response, 'end'));
    const begin = performance.now();
    await host.app.close();
    expect(performance.now() - begin).toBeLessThan(500);
    await Promise.all(ends);
    expect(streams().count).toBe(0);
  });
});

async function open(port: number, keepAlive = false) {
  const agent = new http.Agent({ keepAlive });
  const request = http.get({ host: '127.0.0.1', port, path: '/debug/stream', agent });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  while (!text.includes(': open')) await once(response, 'data');
  return { response, text: () => text };
}
