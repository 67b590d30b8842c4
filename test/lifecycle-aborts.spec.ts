import http from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { LifecycleController } from './support/lifecycle.controller.js';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

const types = (trace: any): string[] => trace.events.map((event: any) => event.type);

describe.each(ADAPTERS)('a client that disconnects on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [LifecycleController] });
  });
  afterAll(() => app.close());

  /** Sends a whole request, and disconnects once the handler has it. */
  async function abandon(method: string, path: string, contactId?: string): Promise<void> {
    const arrived = new Promise<void>((resolve) => (LifecycleController.arrived = resolve));
    const request = http.request(app.url + path, {
      method,
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    request.on('error', () => undefined);
    request.end(contactId && JSON.stringify({ contactId, body: 'x' }));
    await arrived;
    request.destroy();
  }

  it('cancels an Observable', async () => {
    await abandon('POST', '/webhook/observable', 'gone-1');
    const trace = await app.ended('gone-1');
    expect(types(trace)).toContain('handler_cancelled');
    expect(trace.events.find((event: any) => event.name === 'watcher').data.outcome).toBe('cancelled');
    expect(trace).toMatchObject({ status: 'cancelled', webhook: { status_code: 499 } });
    expect(trace.errors).toEqual([]);
    expect(trace.debug_hints.join()).toMatch(
      /🔌 The client went away after .*; LifecycleController.observable was cut off/,
    );
  });

  it('does not stop a promise: the trace continues with it', async () => {
    await abandon('POST', '/webhook/promise', 'gone-2');
    const trace = await app.ended('gone-2');
    expect(types(trace)).toContain('went_on');
    expect(trace.status).toBe('cancelled');
    expect(trace.duration_ms).toBeGreaterThanOrEqual(240);
    expect(trace.debug_hints.join()).toMatch(/🔌 The client went away after \d+ ms, before the answer was out/);
    expect(trace.debug_hints.join()).not.toMatch(/late|cut off|✅/);
  });

  it('ends an event stream, without a fault', async () => {
    const stream = await app.stream();
    await abandon('GET', '/webhook/sse-endless');
    const { data } = await stream.until(({ type }) => type === 'trace.ended');
    stream.close();
    const trace = await app.debug(`/trace/${data.trace_id}`);
    expect(trace).toMatchObject({ status: 'cancelled', webhook: { path: '/webhook/sse-endless' } });
    expect(types(trace)).toEqual(expect.arrayContaining(['source_closed', 'sse_closed']));
  });

  it('in the middle of its upload cancels it', async () => {
    const stream = await app.stream();
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /webhook/upload HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"a":',
    );
    // The trace opens with the request's head; only then may the connection break.
    for (;;) {
      const { traces } = await app.debug('/active');
      if (traces.some((trace: any) => trace.contact_id === 'unknown')) break;
    }
    socket.destroy();
    const { data } = await stream.until(({ type }) => type === 'trace.ended');
    stream.close();
    const trace = await app.debug(`/trace/${data.trace_id}`);
    expect(trace).toMatchObject({ status: 'cancelled', webhook: { path: '/webhook/upload', status_code: 499 } });
    expect(trace.errors).toEqual([]);
    expect(types(trace)).toEqual(['webhook_received', 'webhook_aborted']);
    expect(trace.debug_hints.join()).toMatch(/^🔌 The client went away after /);
  });
});
