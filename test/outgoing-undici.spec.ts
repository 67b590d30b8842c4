import { Agent as HttpAgent } from 'node:http';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { Agent, fetch as npmFetch, interceptors, Pool, request, RetryAgent, setGlobalDispatcher, stream } from 'undici';
import { runWith } from '../libs/trace/src/context/trace-context.js';
import { traceEvent } from '../libs/trace/src/context/functions/trace-functions.js';
import { CapturedCalls, type FakeServer, fakeServer } from './support/captured-calls.js';

let calls: CapturedCalls;
let server: FakeServer;
const dispatchers: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  let failures = 0;
  server = await fakeServer((incoming, response) => {
    const url = new URL(incoming.url!, 'http://x');
    response.setHeader('content-type', 'application/json');
    if (url.pathname === '/moved') return response.writeHead(302, { location: `/moved-to${url.search}` }).end();
    if (url.pathname === '/flaky' && failures++ % 2 === 0) return response.writeHead(503).end();
    setImmediate(() => response.end(JSON.stringify({ n: url.searchParams.get('n') })));
  });
});

beforeEach(() => {
  calls = new CapturedCalls({ outgoing: { bodies: 'all' } });
});

afterEach(async () => {
  expect(calls.faults).toBe(0);
  calls.close();
  await Promise.all(dispatchers.splice(0).map((dispatcher) => dispatcher.close()));
});

afterAll(() => server.close());

function use<T extends { close(): Promise<void> }>(dispatcher: T): T {
  dispatchers.push(dispatcher);
  return dispatcher;
}

/** Runs `call` in traces of their own, all at once. Returns the traces whose spans are not exactly their own calls. */
async function wrong(count: number, call: (n: number) => Promise<unknown>, perTrace = 1): Promise<unknown[]> {
  const keys = await Promise.all(
    Array.from({ length: count }, async (_, n) => (await calls.trace(() => call(n))).key),
  );
  await calls.spans(undefined, count * perTrace);
  return keys.flatMap((key, n) => {
    const urls = calls.ended(key).map(({ input }) => new URL(input.url).searchParams.get('n'));
    return urls.length === perTrace && urls.every((url) => url === String(n)) ? [] : [{ n, urls }];
  });
}

const url = (n: number, path = '/x'): string => `${server.url}${path}?n=${n}`;

describe('calls of undici inside traces', () => {
  it('are spans for request, stream, fetch and a pool of the npm package', async () => {
    const pool = use(new Pool(server.url));
    const ways: [string, () => Promise<unknown>][] = [
      ['request', async () => (await request(url(1))).body.json()],
      [
        'stream',
        () => stream(url(1), { method: 'GET' }, () => new Writable({ write: (_, __, done) => done() })),
      ],
      ['fetch', async () => (await npmFetch(url(1))).json()],
      ['pool', async () => (await pool.request({ path: '/x?n=1', method: 'POST', body: '{"a":1}' })).body.json()],
    ];
    for (const [way, call] of ways) {
      const { key } = await calls.trace(call);
      const [span] = await calls.spans(key);
      expect([way, span]).toEqual([
        way,
        expect.objectContaining({
          type: 'http',
          outcome: 'ok',
          output: expect.objectContaining({ status: 200, body: { n: '1' } }),
        }),
      ]);
      if (way === 'pool') expect(span!.input.body).toEqual({ a: 1 });
    }
  });

  it('stay in their traces over few kept-alive connections: global fetch', async () => {
    const before = server.sockets.size;
    const limited = use(new Agent({ connections: 3 }));
    const global = (globalThis as any)[Symbol.for('undici.globalDispatcher.1')];
    setGlobalDispatcher(limited);
    try {
      expect(await wrong(200, async (n) => (await fetch(url(n))).text())).toEqual([]);
    } finally {
      setGlobalDispatcher(global);
    }
    expect(server.sockets.size - before).toBeLessThanOrEqual(3);
  });

  it('stay in their traces over few kept-alive connections: a pool of the npm package', async () => {
    const pool = use(new Pool(server.url, { connections: 3 }));
    expect(await wrong(200, async (n) => text((await pool.request({ path: `/x?n=${n}`, method: 'GET' })).body))).toEqual(
      [],
    );
  });

  it('stay in their traces over few kept-alive connections: fetch with a dispatcher of its own', async () => {
    const agent = use(new Agent({ connections: 3 }));
    expect(await wrong(200, async (n) => (await npmFetch(url(n), { dispatcher: agent })).text())).toEqual([]);
  });

  it('stay in their traces when they are redirected or tried again by undici', async () => {
    const agent = use(new Agent({ connections: 3 }).compose(interceptors.redirect({ maxRedirections: 2 })));
    expect(
      await wrong(50, async (n) => text((await request(url(n, '/moved'), { dispatcher: agent })).body), 2),
    ).toEqual([]);
    const retrying = use(new RetryAgent(new Agent({ connections: 1 }), { minTimeout: 1, maxRetries: 3 }));
    const { key } = await calls.trace(async () =>
      text((await request(url(1, '/flaky'), { dispatcher: retrying })).body),
    );
    const spans = await calls.spans(key, 2);
    expect(spans.map(({ output }) => output.status)).toEqual([503, 200]);
    expect(spans[1]!.attributes['http.request.resend_count']).toBe(1);
  });

  it('leave a call outside a trace alone', async () => {
    await (await fetch(url(1))).text();
    await wrong(1, async (n) => (await fetch(url(n))).text());
    expect(calls.records.filter(({ kind }) => kind === 'span')).toHaveLength(1);
  });
});
void HttpAgent; void traceEvent; void runWith;
