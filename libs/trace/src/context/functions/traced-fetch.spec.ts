import { CallRecorder } from '../../../../../test/support/outgoing-http/call-recorder.js';
import { startServer, stopServer } from '../../../../../test/support/outgoing-http/way-server.js';
import { currentRef, isObserved, runWith } from '../trace-context.js';
import { traceEvent } from './trace-functions.js';
import { tracedFetch } from './traced-fetch.js';

let url: string;
let recorder: CallRecorder;
const inTrace = <R>(fn: () => R): R => runWith({ recorder, key: 'trace' }, fn);
const seen = (at = 0): string[] => recorder.calls[at]!.seen;

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2_000 && !holds(); turns += 1)
    await new Promise((resolve) => void setTimeout(resolve, 1));
}

beforeAll(async () => {
  url = await startServer();
});

afterAll(stopServer);

beforeEach(() => {
  recorder = new CallRecorder();
});

const ECHO = { method: 'POST', body: 'hola' };

describe('tracedFetch', () => {
  it('answers the response of fetch itself, and sees request and response', async () => {
    const responses: Response[] = [];
    const inner: typeof fetch = async (...args) => {
      const response = await fetch(...args);
      responses.push(response);
      return response;
    };
    const response = await inTrace(() => tracedFetch(inner)(`${url}/echo`, { ...ECHO, headers: { 'X-Key': 'k' } }));
    expect(response).toBe(responses[0]);
    expect([response.url, response.type, response.redirected]).toEqual([`${url}/echo`, 'basic', false]);
    expect(seen()).toEqual(['sent:hola', 'sentAll', 'responded 200 echo']);
    expect([response.bodyUsed, await response.text(), response.bodyUsed]).toEqual([false, 'hola', true]);
    expect(seen().slice(3)).toEqual(['received:hola', 'finished']);
    const { target } = recorder.calls[0]!;
    expect(target).toMatchObject({ method: 'POST', host: new URL(url).host, path: '/echo', secure: false });
    expect(target.headers).toMatchObject({ 'x-key': 'k' });
    expect(recorder.internalErrors).toEqual([]);
  });

  const READS: [string, (response: Response) => Promise<unknown>, unknown][] = [
    ['json', (response) => response.json(), { a: 1 }],
    ['arrayBuffer', async (response) => Buffer.from(await response.arrayBuffer()).toString(), '{"a":1}'],
    ['blob', async (response) => (await response.blob()).text(), '{"a":1}'],
    [
      'a reader',
      async (response) => Buffer.from((await drained(response.body!.getReader()))[0]!).toString(),
      '{"a":1}',
    ],
    ['a loop', async (response) => (await looped(response.body!)).toString(), '{"a":1}'],
    ['a pipe', (response) => new Response(response.body!.pipeThrough(new TransformStream())).text(), '{"a":1}'],
    ['clone', async (response) => [await response.clone().text(), await response.text()], ['{"a":1}', '{"a":1}']],
  ];
  it.each(READS)('sees a body that is read by %s', async (_how, read, expected) => {
    const response = await inTrace(() => tracedFetch()(`${url}/echo`, { method: 'POST', body: '{"a":1}' }));
    expect(await read(response)).toEqual(expected);
    await until(() => seen().includes('finished'));
    expect(seen()).toEqual(['sent:{"a":1}', 'sentAll', 'responded 200 echo', 'received:{"a":1}', 'finished']);
  });

  it('sees a compressed body as it is read, and names no encoding', async () => {
    let named: readonly string[] = [];
    const call = recorder.call.bind(recorder);
    recorder.call = (ref, target) => {
      const observer = call(ref, target)!;
      const { responded } = observer;
      return {
        ...observer,
        responded: (status, headers) => responded(status, ((named = Object.keys(headers)), headers)),
      };
    };
    const response = await inTrace(() => tracedFetch()(`${url}/gzip`));
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual(['gzip', 'hola']);
    expect(seen().slice(1)).toEqual(['responded 200 gzip', 'received:hola', 'finished']);
    expect(named).toContain('x-id');
    expect(named.filter((name) => name.startsWith('content-'))).toEqual([]);
  });

  it('sees the parts of a stream when they are read, and no earlier', async () => {
    const response = await inTrace(() => tracedFetch()(`${url}/parts`));
    const reader = response.body!.getReader();
    const partsOf = (text: string): number => text.split(';').length - 1;
    let read = '';
    // Two parts may arrive together.
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      read += Buffer.from(next.value).toString();
      expect(partsOf(seen().at(-1)!)).toBeLessThanOrEqual(partsOf(read));
    }
    expect(seen().slice(2)).toEqual(['received:part4;part3;part2;part1;', 'finished']);
  });

  it('sees a stream that is left', async () => {
    const response = await inTrace(() => tracedFetch()(`${url}/endless`));
    for await (const _ of response.body!) break;
    expect(seen()).toEqual(['sentAll', 'responded 200 endless', 'received:first', 'left']);
  });

  it('sees a body that breaks', async () => {
    const response = await inTrace(() => tracedFetch()(`${url}/half`));
    await expect(response.text()).rejects.toThrow('terminated');
    await until(() => seen().length > 3);
    expect(seen().slice(2)).toEqual(['received:half', 'failed TypeError']);
  });

  it('counts a body that nobody begins to read as left after a second', async () => {
    await inTrace(() => tracedFetch()(`${url}/echo`, ECHO));
    await until(() => seen().includes('left'));
    expect(seen().at(-1)).toBe('left');
  });

  it('is finished at once where there is no body', async () => {
    await inTrace(() => tracedFetch()(`${url}/empty`));
    expect(seen()).toEqual(['sentAll', 'responded 204 empty', 'finished']);
  });

  it('passes on the error of fetch, and tells an abort from a failure', async () => {
    const call = tracedFetch();
    const planted = new TypeError('no network');
    await expect(inTrace(() => tracedFetch((_at: string) => Promise.reject(planted))(`${url}/a`))).rejects.toBe(
      planted,
    );
    await expect(inTrace(() => call(`${url}/silent`, { signal: AbortSignal.timeout(20) }))).rejects.toThrow('timeout');
    const controller = new AbortController();
    const aborted = inTrace(() => call(`${url}/silent`, { signal: controller.signal }));
    controller.abort();
    await expect(aborted).rejects.toThrow('aborted');
    await expect(inTrace(() => call('no address'))).rejects.toThrow();
    expect(recorder.calls.map(({ seen: [, last] }) => last)).toEqual(['failed TypeError', 'failed 23', 'left']);
    const thrower = tracedFetch((): Promise<Response> => {
      throw planted;
    });
    expect(() => inTrace(() => thrower())).toThrow(planted);
  });

  it.each([
    ['a Uint8Array', new TextEncoder().encode('hola')],
    ['an ArrayBuffer', new TextEncoder().encode('hola').buffer],
    ['a stream', new Blob(['hola']).stream()],
  ])('sees a request body that is %s', async (_name, body) => {
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const response = await inTrace(() => tracedFetch()(`${url}/echo`, init));
    expect(await response.text()).toBe('hola');
    expect(seen().slice(0, 2)).toEqual(['sent:hola', 'sentAll']);
  });

  it('sees the body of a Request', async () => {
    const request = new Request(`${url}/echo`, { ...ECHO, headers: { 'x-key': 'k' } });
    const response = await inTrace(() => tracedFetch()(request));
    expect(await response.text()).toBe('hola');
    expect(seen().slice(0, 2)).toEqual(['sent:hola', 'sentAll']);
    expect(recorder.calls[0]!.target).toMatchObject({ method: 'POST', path: '/echo', headers: { 'x-key': 'k' } });
  });

  it('sends a header that the recorder adds, where there is none of the name', async () => {
    recorder.header = ['traceparent', 'ours'];
    const headers: unknown[] = [];
    const call = tracedFetch((_input: string, init?: RequestInit) => {
      headers.push(new Headers(init?.headers).get('traceparent'));
      return Promise.resolve(new Response(null));
    });
    await inTrace(() => call(`${url}/a`));
    await inTrace(() => call(`${url}/a`, { headers: [['Traceparent', 'theirs']] }));
    const once = new Map([['a', 'b']]).entries();
    await inTrace(() => call(`${url}/a`, { headers: once as unknown as Headers }));
    expect([headers, recorder.calls.map((of) => of.seen[0])]).toEqual([
      ['ours', 'theirs', null],
      ['set true', 'set false', 'set false'],
    ]);
  });

  it('reads fakes by what their methods answer', async () => {
    const fakes: Partial<Response>[] = [
      { status: 200, json: () => Promise.resolve({ a: 1 }) },
      { status: 201, headers: { 'X-Id': 'fake' } as never, text: () => Promise.resolve('hola') },
      Object.freeze({ status: 202, text: () => Promise.resolve('frozen') }),
      undefined as never,
    ];
    const call = tracedFetch((at: string) => Promise.resolve(fakes[Number(new URL(at).pathname.slice(1))]));
    const [json, text, frozen] = await inTrace(() =>
      Promise.all([0, 1, 2, 3].map((at) => call(`http://fake.example/${at}`))),
    );
    expect([await json!.json!(), await text!.text!(), await frozen!.text!()]).toEqual([{ a: 1 }, 'hola', 'frozen']);
    expect(recorder.calls.map((of) => of.seen.slice(1))).toEqual([
      ['responded 200', 'received:{"a":1}', 'finished'],
      ['responded 201 fake', 'received:hola', 'finished'],
      ['responded 202', 'finished'],
      ['responded 0', 'finished'],
    ]);
  });

  it('hides its own call from the hooks at the wire, and gives user code in it the trace', async () => {
    const inside: unknown[] = [];
    const call = tracedFetch((at: string) => {
      const ref = currentRef()!;
      const of = (host: string, path: string): boolean => isObserved(ref, { host, path });
      inside.push(of('api.example', '/v1?b'), of('gateway.example', '/v1'), of('auth.example', '/token'));
      traceEvent('inside');
      return at === '' ? Promise.reject(new Error()) : Promise.resolve(new Response('x'));
    });
    await inTrace(() => tracedFetch(call)('https://api.example/v1?a'));
    expect(inside).toEqual([true, true, false]);
    expect(recorder.calls).toHaveLength(1);
    expect(recorder.events).toMatchObject([{ trace: 'trace', type: 'inside' }]);
    expect(isObserved({ recorder, key: 'trace' }, { host: 'api.example', path: '/v1' })).toBe(false);
  });

  it('only calls fetch outside a trace, and where the recorder declines or throws', async () => {
    const args: unknown[][] = [];
    function inner(this: unknown, ...given: unknown[]): Promise<Response> {
      args.push([this, ...given]);
      return Promise.resolve(new Response('x'));
    }
    const call = tracedFetch(inner);
    const self = {};
    const init = {};
    await call.call(self, 'http://a.example', init);
    recorder.call = () => undefined;
    await inTrace(() => call.call(self, 'http://a.example', init));
    recorder.call = () => {
      throw new Error('planted');
    };
    await inTrace(() => call.call(self, 'http://a.example', init));
    expect(args).toHaveLength(3);
    for (const [at, address, given] of args)
      expect([at === self, address, given === init]).toEqual([true, 'http://a.example', true]);
    expect(recorder.internalErrors).toHaveLength(1);
    expect([call.name, call.length, tracedFetch().name]).toEqual(['inner', 0, 'fetch']);
  });

  it('is not disturbed by hooks that throw', async () => {
    recorder.hostile = true;
    const response = await inTrace(() => tracedFetch()(`${url}/echo`, ECHO));
    expect([response.status, await response.text()]).toEqual([200, 'hola']);
    const failed = await inTrace(() => tracedFetch()('http://127.0.0.1:1/')).catch((error: Error) => error.message);
    expect(failed).toBe('fetch failed');
    expect(recorder.internalErrors.length).toBeGreaterThan(2);
  });
});

async function drained(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  return parts;
}

async function looped(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
