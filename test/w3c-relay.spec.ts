import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInTrace, traceCarrier } from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';
import { CLIENTS, type RelayBody, RelayController } from './support/relay.controller.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SECRET = 'sk-proj-canaryCanary0123456789canaryCanary0123456789';
const clients = Object.keys(CLIENTS) as RelayBody['client'][];

let callee: Server;
let calleeUrl: string;
/** Headers of each call, as sent: names in lower case. */
let calls: [string, string][][] = [];

beforeAll(async () => {
  callee = createServer(({ rawHeaders }, response) => {
    calls.push(
      rawHeaders.flatMap((name, i) =>
        i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1]!] as [string, string]] : [],
      ),
    );
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(callee, 'listening');
  calleeUrl = `http://127.0.0.1:${(callee.address() as AddressInfo).port}/`;
});
afterAll(() => {
  callee.close();
  callee.closeAllConnections();
});
beforeEach(() => (calls = []));

const sent = (name: string, call = 0): string[] =>
  calls[call]!.filter(([given]) => given === name).map(([, value]) => value);

/** Sends a webhook with these header lines exactly as they are, which clients would join or refuse. */
async function webhook(app: RunningApp, lines: string[], body: RelayBody): Promise<any> {
  const text = JSON.stringify(body);
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    ['POST /relay HTTP/1.1', `host: ${hostname}`, 'content-type: application/json', 'connection: close', ...lines]
      .concat(`content-length: ${Buffer.byteLength(text)}`, '', text)
      .join('\r\n'),
  );
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
}

describe.each(ADAPTERS)('an application on %s that relays', (adapter) => {
  let app: RunningApp;
  let contacts = 0;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      controllers: [RelayController],
      options: { capture: { outgoing: { propagate: '127.0.0.1' } } },
    });
  });
  afterAll(() => app.close());

  /** The calls that follow a webhook with these header lines, and the webhook's trace. */
  async function relay(lines: string[], body: Partial<RelayBody> = {}): Promise<{ trace: any; answer: any }> {
    const contactId = `relay-${(contacts += 1)}`;
    const answer = await webhook(app, lines, { contactId, url: calleeUrl, client: 'fetch', ...body });
    return { trace: await app.ended(contactId), answer };
  }

  it.each(clients)('sends its own span, the caller’s flags, tracestate and baggage by %s', async (client) => {
    const { trace } = await relay(
      [`traceparent: 00-${TRACE}-${SPAN}-00`, 'tracestate: rojo=1', 'tracestate: congo=2', 'baggage: plan=pro;p=1'],
      { client, times: 2 },
    );
    const spans = trace.events.filter((event: any) => event.type === 'http').map((event: any) => event.span_id);
    expect(calls.map((_, n) => sent('traceparent', n))).toEqual([
      [`00-${TRACE}-${spans[0]}-00`],
      [`00-${TRACE}-${spans[1]}-00`],
    ]);
    expect(new Set([...spans, SPAN]).size).toBe(3);
    expect([sent('tracestate'), sent('baggage')]).toEqual([['rojo=1,congo=2'], ['plan=pro;p=1']]);
    expect(trace.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(trace.caller).toEqual({
      span_id: SPAN,
      sampled: false,
      tracestate: 'rojo=1,congo=2',
      baggage: 'plan=pro;p=1',
    });
  });

  it.each(clients)('begins a sampled trace for a caller without headers, by %s', async (client) => {
    const { trace } = await relay([], { client });
    const [call] = trace.events.filter((event: any) => event.type === 'http');
    expect(sent('traceparent')).toEqual([`${trace.traceparent.slice(0, 36)}${call.span_id}-01`]);
    expect([sent('tracestate'), sent('baggage'), trace.caller]).toEqual([[], [], undefined]);
  });

  it.each(clients)('leaves a call alone that has a traceparent of the application, by %s', async (client) => {
    const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await relay([`traceparent: 00-${TRACE}-${SPAN}-01`, 'tracestate: rojo=1', 'baggage: plan=pro'], {
      client,
      headers: { traceparent: own },
    });
    expect([sent('traceparent'), sent('tracestate'), sent('baggage')]).toEqual([[own], [], []]);
  });

  it.each([
    ['the last one of versions', `ff-${TRACE}-${SPAN}-01`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a fifth field of version 00', `00-${TRACE}-${SPAN}-01-more`],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a field that is too short', `00-${TRACE}-${SPAN}-1`],
    ['a second header', `00-${TRACE}-${SPAN}-01\r\ntraceparent: 00-${TRACE}-${SPAN}-01`],
  ])('begins a new trace for %s, without the tracestate, and keeps the baggage', async (_title, value) => {
    const { trace } = await relay([`traceparent: ${value}`, 'tracestate: rojo=1', 'baggage: plan=pro']);
    expect(sent('traceparent')[0]).not.toContain(TRACE);
    expect(sent('traceparent')).toHaveLength(1);
    expect([sent('tracestate'), sent('baggage')]).toEqual([[], ['plan=pro']]);
    expect(trace.caller).toEqual({ span_id: null, sampled: false, baggage: 'plan=pro' });
  });

  it.each([
    ['blanks around it', `\t 00-${TRACE}-${SPAN}-01 \t`, '01'],
    ['a later version', `cc-${TRACE}-${SPAN}-01`, '01'],
    ['a later version with more fields', `cc-${TRACE}-${SPAN}-03-what-comes`, '03'],
    ['flags that are not known', `00-${TRACE}-${SPAN}-fe`, '02'],
  ])('continues a traceparent with %s', async (_title, value, flags) => {
    await relay([`traceparent: ${value}`]);
    expect(sent('traceparent')[0]).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-${flags}$`));
  });

  it('drops a tracestate that is not valid, and keeps the traceparent', async () => {
    for (const lines of [
      ['A=1'],
      ['a=1,a=2'],
      ['a=1', 'a=2'],
      [Array.from({ length: 33 }, (_, n) => `k${n}=1`).join()],
    ]) {
      calls = [];
      await relay([`traceparent: 00-${TRACE}-${SPAN}-01`, ...lines.map((line) => `tracestate: ${line}`)]);
      expect(sent('traceparent')[0]).toContain(TRACE);
      expect(sent('tracestate')).toEqual([]);
    }
  });

  it('sends 512 characters of tracestate, without a part of a member', async () => {
    const members = Array.from({ length: 20 }, (_, n) => `k${String(n).padStart(2, '0')}=${'x'.repeat(28)}`);
    const long = `long=${'y'.repeat(140)}`;
    await relay([`traceparent: 00-${TRACE}-${SPAN}-01`, `tracestate: ${[long, ...members].join()}`]);
    expect(sent('tracestate')).toEqual([members.slice(0, 15).join()]);
  });

  it('neither records nor sends what redaction hides', async () => {
    const hidden = [`token=abc`, `note=${SECRET}`, `plan=pro;password=hunter2`, `enc=${encodeURIComponent(SECRET)}`];
    const { trace, answer } = await relay([
      `traceparent: 00-${TRACE}-${SPAN}-01`,
      `tracestate: rojo=${SECRET}`,
      `baggage: ${[...hidden, 'region=eu'].join()}`,
    ]);
    expect([sent('tracestate'), sent('baggage')]).toEqual([[], ['region=eu']]);
    expect(trace.caller).toEqual({ span_id: SPAN, sampled: true, baggage: 'region=eu' });
    expect(answer.context).toMatchObject({ baggage: 'region=eu' });
    const folder = join(app.dir, 'journal');
    const written = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
    expect(written.join()).toContain('region=eu');
    expect(written.filter((text) => text.includes(SECRET) || text.includes('hunter2'))).toEqual([]);
  });

  it('gives the carrier and the current trace what the caller sent', async () => {
    const { answer, trace } = await relay([
      `traceparent: 00-${TRACE}-${SPAN}-00`,
      'tracestate: rojo=1',
      'baggage: plan=pro',
    ]);
    const { spanId } = answer.context;
    const w3c = { traceparent: `00-${TRACE}-${spanId}-00`, tracestate: 'rojo=1', baggage: 'plan=pro' };
    expect(answer.context).toMatchObject(w3c);
    expect(answer.carrier).toEqual({ ...w3c, trace_id: trace.trace_id, contact_id: trace.contact_id });
    calls = [];
    // The trace has ended: the job has one of its own.
    const again = await runInTrace(answer.carrier, async () => {
      await CLIENTS.fetch(calleeUrl, {});
      return traceCarrier();
    });
    expect(again).toMatchObject({ tracestate: 'rojo=1', baggage: 'plan=pro' });
    expect(sent('traceparent')[0]).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect([sent('tracestate'), sent('baggage')]).toEqual([['rojo=1'], ['plan=pro']]);
  });

  it('takes nothing from a carrier that is not valid', async () => {
    const carrier = { traceparent: 'nonsense', tracestate: 'a=1', baggage: 7, trace_id: 'x', contact_id: 'c' };
    await runInTrace(carrier as never, () => CLIENTS.fetch(calleeUrl, {}));
    expect([sent('traceparent').length, sent('tracestate'), sent('baggage')]).toEqual([1, [], []]);
  });
});

describe('a host that propagate does not name', () => {
  it('receives none of the headers', async () => {
    const app = await startApp({
      controllers: [RelayController],
      options: { capture: { outgoing: { propagate: 'api.acme.example' } } },
    });
    const lines = [`traceparent: 00-${TRACE}-${SPAN}-01`, 'tracestate: rojo=1', 'baggage: plan=pro'];
    await webhook(app, lines, { contactId: 'c', url: calleeUrl, client: 'http' });
    await app.close();
    expect(calls).toHaveLength(1);
    expect([sent('traceparent'), sent('tracestate'), sent('baggage')]).toEqual([[], [], []]);
  });
});

describe('another tracer that comes later', () => {
  const theirs = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

  it('has the only traceparent of a fetch', async () => {
    const app = await startApp({
      controllers: [RelayController],
      options: { capture: { outgoing: { propagate: '127.0.0.1' } } },
    });
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel');
    const add = (message: unknown): void => {
      const { request } = message as { request: { addHeader(name: string, value: string): void } };
      request.addHeader('traceparent', theirs);
    };
    subscribe('undici:request:create', add);
    try {
      for (const client of ['fetch', 'undici'] as const)
        await webhook(app, ['baggage: plan=pro'], { contactId: 'c', url: calleeUrl, client });
    } finally {
      unsubscribe('undici:request:create', add);
      await app.close();
    }
    expect(calls.map((_, n) => [sent('traceparent', n), sent('baggage', n)])).toEqual([
      [[theirs], []],
      [[theirs], []],
    ]);
  });
});
