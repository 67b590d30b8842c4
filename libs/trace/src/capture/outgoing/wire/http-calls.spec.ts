import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import axios from 'axios';
import { MemoryRecorder } from '../../../testing/memory-recorder.js';
import type { CallObserver, CallTarget, TraceRef } from '../../../context/recorder.js';
import { runUnobserved, runWith } from '../../../context/trace-context.js';
import { installHttpCalls } from './http-calls.js';

/** Keeps what its observers were told, as text: one list per call. */
class CallRecorder extends MemoryRecorder {
  readonly calls: { trace: string; target: CallTarget; seen: string[]; bytes: Buffer[] }[] = [];
  /** Every hook throws. */
  hostile = false;
  header: [string, string] | undefined;

  call(ref: TraceRef, target: CallTarget): CallObserver | undefined {
    const seen: string[] = [];
    const bytes: Buffer[] = [];
    this.calls.push({ trace: ref.key, target, seen, bytes });
    if (this.header) seen.push(`set ${target.setHeader!(...this.header)}`);
    const note = (text: string): void => {
      const [kind] = text.split(':');
      const last = seen.at(-1);
      if ((kind === 'sent' || kind === 'received') && last?.startsWith(`${kind}:`))
        seen[seen.length - 1] = last + text.slice(kind.length + 1);
      else seen.push(text);
      if (this.hostile) throw new Error('planted');
    };
    return {
      requestHeaders: (headers) => note(`headers ${Object.entries(headers).join(' ')}`),
      sent: (chunk) => note(`sent:${Buffer.from(chunk).toString()}`),
      sentAll: () => note('sentAll'),
      responded: (status, headers) => note(`responded ${status} ${headers['x-id'] ?? ''}`.trim()),
      received: (chunk) => {
        bytes.push(Buffer.from(chunk));
        note(chunk.byteLength > 64 ? 'received:…' : `received:${Buffer.from(chunk).toString()}`);
      },
      finished: () => note('finished'),
      failed: (error) => note(`failed ${(error as { code?: unknown }).code ?? (error as Error).name}`),
      left: () => note('left'),
    };
  }
}

/** What the server received: request line, headers as sent, body. */
const received: string[] = [];
const sockets = new Set<Socket>();
let url: string;
const server = http.createServer();
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
});
const BIG = Buffer.alloc(5 << 20, 'abcdefgh');
server.on('request', (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => undefined);
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    // Whether a client that breaks off got so far differs from run to run.
    if (request.url === '/silent') return;
    const headers = request.rawHeaders.map((text) => text.replace(/:\d{4,5}$/, ':PORT')).join('|');
    received.push(
      `${request.method} ${request.url} ${headers} ${body.length > 64 ? body.length : body.toString('hex')}`,
    );
    answer(request.url!.slice(1), response, body);
  });
});
server.on('upgrade', (_request, socket) =>
  socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello'),
);
server.on('connect', (_request, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
server.on('checkContinue', (request, response) => {
  response.writeContinue();
  server.emit('request', request, response);
});

function answer(way: string, response: http.ServerResponse, body: Buffer): void {
  response.setHeader('date', 'now').setHeader('x-id', way);
  if (way === 'echo') response.end(body);
  else if (way === 'empty') response.writeHead(204).end();
  else if (way === 'unchanged') response.writeHead(304).end();
  else if (way === 'gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync('hola'));
  else if (way === 'big') response.end(BIG);
  else if (way === 'hints') {
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.end('after');
  } else if (way === 'redirect') response.writeHead(307, { location: '/echo' }).end();
  else if (way === 'hangup') response.socket!.destroy();
  else if (way === 'malformed') response.socket!.end('HTTP/1.1 2x0 what\r\n\r\n');
  else if (way === 'half') {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    setImmediate(() => response.socket!.destroy());
  } else if (way === 'parts') {
    response.writeHead(200);
    let left = 4;
    const next = (): void => {
      if (response.destroyed) return;
      response.write(`part${left};`);
      if ((left -= 1) > 0) setTimeout(next, 5);
      else response.end();
    };
    next();
  } else if (way === 'endless') {
    response.writeHead(200);
    response.write('first');
  } else response.writeHead(500).end('no');
}

const EVENTS = [
  'socket',
  'finish',
  'response',
  'continue',
  'information',
  'upgrade',
  'connect',
  'abort',
  'timeout',
  'close',
];

interface Run {
  log: string[];
  /** Listens to everything a request and its response say, and resolves when it is closed. */
  watch(request: ClientRequest, options?: { read?: boolean; errors?: boolean; quiet?: boolean }): Promise<string>;
  agent: http.Agent;
}

function startRun(): Run {
  const log: string[] = [];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return { log, agent, watch: (request, options) => watch(log, request, options) };
}

async function watch(
  log: string[],
  request: ClientRequest,
  { read = true, quiet = false }: { read?: boolean; quiet?: boolean } = {},
): Promise<string> {
  const say = (text: string): void => void log.push(text);
  log.push(`keys ${Object.keys(request).filter((key) => !key.startsWith('_')).length}`);
  const closed = new Promise<void>((resolve) => void request.once('close', resolve));
  let body = '';
  for (const event of EVENTS) {
    if (quiet && ['response', 'upgrade', 'connect'].includes(event)) continue;
    if (event === 'upgrade' || event === 'connect') {
      request.on(event, function (this: unknown, _response: unknown, socket: Socket) {
        say(`${event} ${this === request}`);
        socket.destroy();
      });
    } else if (event !== 'response')
      request.on(event, function (this: unknown) {
        say(`${event} ${this === request}`);
      });
  }
  request.on('error', (error: NodeJS.ErrnoException) =>
    say(`error ${error.name} ${error.code} ${error.message.replace(/\d{4,5}/, 'PORT')}`),
  );
  let done: Promise<unknown> = closed;
  if (!quiet)
    request.on('response', function (this: unknown, response: IncomingMessage) {
      const flow = response.readableFlowing;
      say(`response ${this === request} ${response.statusCode} flowing ${flow} ${response.listenerCount('data')}`);
      say(`own ${Object.keys(response).length} ${response.listenerCount('end')}`);
      for (const event of ['aborted', 'end', 'close'])
        response.on(event, function (this: unknown) {
          say(`response ${event} ${this === response}`);
        });
      response.on('error', (error: NodeJS.ErrnoException) => say(`response error ${error.code}`));
      if (!read) return;
      response.on('data', function (this: unknown, chunk: Buffer) {
        body += chunk.toString('latin1');
        if (body.length < 64) say(`data ${chunk.toString('hex')} ${this === response}`);
      });
      done = Promise.all([closed, finished(response).catch(() => undefined)]);
    });
  for (const event of [...EVENTS, 'error', 'drain', 'pipe']) say(`${event} has ${request.listenerCount(event)}`);
  await closed;
  await done;
  say(`reused ${request.reusedSocket} body ${body.length}`);
  return body;
}

interface Form {
  name: string;
  run(run: Run): unknown;
  /** What the observers of its calls are told. */
  sees: (string | RegExp)[][];
}

const to = (way: string): string => `${url}/${way}`;
const post = (way: string, more: http.RequestOptions = {}): ClientRequest =>
  http.request(to(way), { method: 'POST', ...more });

const FORMS: Form[] = [
  {
    name: 'get by its URL',
    run: ({ watch }) => watch(http.get(to('echo'))),
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'a body at the end',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`end returns ${request.end('hola', () => log.push('end called back')) === request}`);
      return all;
    },
    sees: [
      ['headers transfer-encoding,chunked', 'sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished'],
    ].map((seen) => seen.slice(1)),
  },
  {
    name: 'encodings and callbacks',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`${request.write('686f', 'hex')}`);
      log.push(`${request.write('bGE=', 'base64', () => log.push('written'))}`);
      log.push(
        `${request.write('\u00e9', 'latin1')} ${request.write(Buffer.from('!'))} ${request.write(new Uint8Array([63]))}`,
      );
      request.end('ñ', 'utf8');
      return all;
    },
    sees: [['sent:hola\ufffd!?ñ', 'sentAll', 'responded 200 echo', /^received:hola/, 'finished']],
  },
  {
    name: 'back-pressure',
    run: async ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request, { read: true });
      const full = !request.write(BIG);
      log.push(`full ${full}`);
      if (full) await once(request, 'drain');
      request.end();
      await all;
    },
    sees: [[/^sent:abcd/, 'sentAll', 'responded 200 echo', /^received:…/, 'finished']],
  },
  {
    name: 'refused chunks',
    run: async ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      for (const chunk of [null, 1, {}]) {
        try {
          request.write(chunk);
        } catch (error) {
          log.push((error as { code: string }).code);
        }
      }
      request.end('x');
      log.push(`${request.write('late', (error) => log.push(`late ${(error as { code?: string })?.code}`))}`);
      await all;
    },
    sees: [['sent:x', 'sentAll', 'failed ERR_STREAM_WRITE_AFTER_END']],
  },
  {
    name: 'headers as an array',
    run: ({ watch }) => {
      const request = http.request(to('echo'), { method: 'POST', headers: ['Host', 'x.example', 'A', '1', 'a', '2'] });
      const all = watch(request);
      request.end('x');
      return all;
    },
    sees: [['sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'headers that change after the request was made',
    run: ({ watch }) => {
      const request = post('echo', { headers: { a: '1', b: '2' } });
      const all = watch(request);
      request.setHeader('A', '3');
      request.setHeader('c', ['4', '5']);
      request.removeHeader('b');
      request.end('x');
      return all;
    },
    sees: [['headers a,3 c,4, 5', 'sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'without an agent',
    run: ({ watch }) => watch(http.get(to('echo'), { agent: false })),
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'with a connection of its own',
    run: ({ watch }) => {
      const { hostname: host, port } = new URL(url);
      const options = { host, port, path: '/echo', createConnection: () => createConnection(Number(port), host) };
      return watch(http.get(options));
    },
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  {
    name: 'a kept-alive connection',
    run: async ({ watch, agent }) => {
      await Promise.all([watch(http.get(to('echo'), { agent })), watch(http.get(to('parts'), { agent }))]);
      await watch(http.get(to('echo'), { agent }));
    },
    sees: [
      ['sentAll', 'responded 200 echo', 'finished'],
      ['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished'],
      ['sentAll', 'responded 200 echo', 'finished'],
    ],
  },
  {
    name: 'a stream piped into it',
    run: ({ watch }) => {
      const request = post('echo');
      const all = watch(request);
      Readable.from(['ho', 'la']).pipe(request);
      return all;
    },
    sees: [['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished']],
  },
  {
    name: 'a pipeline into it',
    run: async ({ watch }) => {
      const request = post('echo');
      const all = watch(request);
      await pipeline(Readable.from(['ho', 'la']), request);
      await all;
    },
    sees: [['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished']],
  },
  {
    name: 'HEAD',
    run: ({ watch }) => {
      const request = http.request(to('echo'), { method: 'HEAD' });
      const all = watch(request);
      request.end();
      return all;
    },
    sees: [['sentAll', 'responded 200 echo', 'finished']],
  },
  ...['empty', 'unchanged'].map((way) => ({
    name: `a response without a body: ${way}`,
    run: ({ watch }: Run) => watch(http.get(to(way))),
    sees: [['sentAll', /^responded (204|304)/, 'finished']],
  })),
  {
    name: 'Expect: 100-continue',
    run: ({ watch }) => {
      const request = post('echo', { headers: { expect: '100-continue', 'content-length': '1' } });
      const all = watch(request);
      request.on('continue', () => request.end('x'));
      request.flushHeaders();
      return all;
    },
    sees: [['sent:x', 'sentAll', 'responded 200 echo', 'received:x', 'finished']],
  },
  {
    name: 'early hints',
    run: ({ watch }) => watch(http.get(to('hints'))),
    sees: [['sentAll', 'responded 200 hints', 'received:after', 'finished']],
  },
  {
    name: 'an upgrade',
    run: ({ watch }) => watch(http.get(to('echo'), { headers: { connection: 'Upgrade', upgrade: 'x' } })),
    sees: [['sentAll', 'responded 101', 'finished']],
  },
  {
    name: 'an upgrade that nobody listens for',
    run: ({ watch }) =>
      watch(http.get(to('echo'), { headers: { connection: 'Upgrade', upgrade: 'x' } }), { quiet: true }),
    sees: [['sentAll', 'left']],
  },
  {
    name: 'CONNECT',
    run: ({ watch }) => {
      const request = http.request(url, { method: 'CONNECT', path: 'x.example:443' });
      const all = watch(request);
      request.end();
      return all;
    },
    sees: [['sentAll', 'responded 200', 'finished']],
  },
  {
    name: 'a response that nobody listens for',
    run: async ({ watch, agent }) => {
      await watch(http.get(to('big'), { agent }), { quiet: true });
      await watch(http.get(to('echo'), { agent }));
    },
    sees: [
      // Node discards the bytes.
      ['sentAll', 'responded 200 big', 'finished'],
      ['sentAll', 'responded 200 echo', 'finished'],
    ],
  },
  {
    name: 'a response that is read as text',
    run: async ({ log }) => {
      const [response] = (await once(http.get(to('parts')), 'response')) as [IncomingMessage];
      response.setEncoding('utf8');
      for await (const chunk of response) log.push(`${typeof chunk} ${chunk}`);
    },
    sees: [['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished']],
  },
  {
    name: 'a response that is read by read()',
    run: async ({ log }) => {
      const [response] = (await once(http.get(to('parts')), 'response')) as [IncomingMessage];
      response.on('readable', () => {
        for (let chunk = response.read(3) as Buffer; chunk; chunk = response.read(3) as Buffer) log.push(`${chunk}`);
        if (response.complete) response.read();
      });
      await once(response, 'end');
      log.push(`flowing ${response.readableFlowing}`);
    },
    sees: [['sentAll', 'responded 200 parts', 'received:part4;part3;part2;part1;', 'finished']],
  },
  {
    name: 'a response that is destroyed',
    run: async ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) => response.once('data', () => response.destroy()));
      await watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'a response that is destroyed with an error',
    run: async ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) =>
        response.once('data', () => response.destroy(new Error('enough'))),
      );
      await watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'failed Error']],
  },
  {
    name: 'a loop that is left',
    run: async ({ log }) => {
      const request = http.get(to('endless'));
      const closed = once(request, 'close');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      for await (const chunk of response) {
        log.push(`${chunk}`);
        break;
      }
      await closed;
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'destroyed before the response',
    run: ({ watch }) => {
      const request = http.get(to('silent'));
      request.on('finish', () => setImmediate(() => request.destroy()));
      return watch(request);
    },
    sees: [['sentAll', 'left']],
  },
  {
    name: 'destroyed before it has a socket',
    run: ({ watch, log }) => {
      const request = post('echo');
      const all = watch(request);
      log.push(`${request.destroy() === request}`);
      request.end('x');
      return all;
    },
    sees: [['left']],
  },
  {
    name: 'destroyed with a reason',
    run: ({ watch }) => {
      const request = http.get(to('silent'));
      request.on('finish', () => setImmediate(() => request.destroy(Object.assign(new Error('why'), { code: 'WHY' }))));
      return watch(request);
    },
    sees: [['sentAll', 'failed WHY']],
  },
  {
    name: 'aborted while it reads',
    run: ({ watch }) => {
      const request = http.get(to('endless'));
      request.on('response', (response: IncomingMessage) => response.once('data', () => request.abort()));
      return watch(request);
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
  {
    name: 'aborted by a signal',
    run: ({ watch }) => {
      const controller = new AbortController();
      const request = http.get(to('silent'), { signal: controller.signal });
      request.on('finish', () => setImmediate(() => controller.abort()));
      return watch(request);
    },
    sees: [['sentAll', 'left']],
  },
  {
    name: 'timed out by a signal',
    run: ({ watch }) => watch(http.get(to('silent'), { signal: AbortSignal.timeout(20) })),
    sees: [['sentAll', /^failed (23|TimeoutError)$/]],
  },
  {
    name: 'timed out, destroyed by its listener',
    run: ({ watch }) => {
      const request = http.get(to('silent'), { timeout: 20 });
      request.on('timeout', () => request.destroy());
      return watch(request);
    },
    sees: [['sentAll', 'failed ETIMEDOUT']],
  },
  {
    name: 'the server hangs up',
    run: ({ watch }) => watch(http.get(to('hangup'))),
    sees: [['sentAll', 'failed ECONNRESET']],
  },
  {
    name: 'the server breaks the body',
    run: ({ watch }) => watch(http.get(to('half'))),
    sees: [['sentAll', 'responded 200 half', 'received:half', 'failed ECONNRESET']],
  },
  {
    name: 'the server sends nonsense',
    run: ({ watch }) => watch(http.get(to('malformed'))),
    sees: [['sentAll', /^failed HPE_/]],
  },
  {
    name: 'nobody listens at the port',
    run: ({ watch }) => watch(http.get('http://127.0.0.1:1/')),
    sees: [['sentAll', 'failed ECONNREFUSED']],
  },
  {
    name: 'axios',
    run: async ({ log }) => {
      const { data, status } = await axios.post<{ a: number }>(to('echo'), { a: 1 });
      log.push(`${status} ${data.a}`);
    },
    sees: [['sent:{"a":1}', 'sentAll', 'responded 200 echo', 'received:{"a":1}', 'finished']],
  },
  {
    name: 'axios, redirected',
    run: async ({ log }) => {
      const { data } = await axios.post<string>(to('redirect'), 'hola', { headers: { 'content-type': 'text/plain' } });
      log.push(data);
    },
    sees: [
      ['sent:hola', 'sentAll', 'responded 307 redirect', 'finished'],
      ['sent:hola', 'sentAll', 'responded 200 echo', 'received:hola', 'finished'],
    ],
  },
  {
    name: 'axios, a status that it throws for',
    run: async ({ log }) => {
      const error = await axios.get(to('nothing')).catch((thrown: { status: number; code: string }) => thrown);
      log.push(`${error.status} ${(error as { code: string }).code}`);
    },
    sees: [['sentAll', 'responded 500 nothing', 'received:no', 'finished']],
  },
  {
    name: 'axios, aborted and timed out',
    run: async ({ log }) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20);
      const aborted = await axios.get(to('silent'), { signal: controller.signal }).catch((error: Error) => error);
      const timedOut = await axios.get(to('silent'), { timeout: 20 }).catch((error: Error) => error);
      log.push(`${(aborted as { code?: string }).code} ${(timedOut as { code?: string }).code}`);
    },
    sees: [
      ['sentAll', 'left'],
      ['sentAll', /^failed (ECONNABORTED|ETIMEDOUT)$/],
    ],
  },
  {
    name: 'axios, a stream that is left',
    run: async ({ log }) => {
      const { data } = await axios.get<Readable>(to('endless'), { responseType: 'stream' });
      for await (const chunk of data) {
        log.push(`${chunk}`);
        break;
      }
    },
    sees: [['sentAll', 'responded 200 endless', 'received:first', 'left']],
  },
];

const ENDS = /^(finished|left|failed )/;

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2_000 && !holds(); turns += 1)
    await new Promise((resolve) => void setTimeout(resolve, 1));
}

/** Runs a form and returns what the application and the server saw. */
async function transcript(form: Form): Promise<string[]> {
  // Each run begins without connections.
  http.globalAgent.destroy();
  const run = startRun();
  received.length = 0;
  await form.run(run);
  run.agent.destroy();
  return [...run.log, ...received];
}

async function observed(form: Form, recorder: CallRecorder): Promise<string[]> {
  const remove = installHttpCalls();
  try {
    const seen = await runWith({ recorder, key: 'trace' }, () => transcript(form));
    await until(() => recorder.calls.every(({ seen: of }) => ENDS.test(of.at(-1) ?? '')));
    return seen;
  } finally {
    remove();
  }
}

describe('calls by node:http', () => {
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  describe.each(FORMS.map((form) => [form.name, form] as const))('%s', (_name, form) => {
    it('are the same as without us, and seen as they were', async () => {
      const without = await transcript(form);
      const recorder = new CallRecorder();
      expect(await observed(form, recorder)).toEqual(without);
      expect(recorder.calls.map(({ seen }) => seen)).toEqual(
        form.sees.map((seen) =>
          seen.map((text) => (typeof text === 'string' ? text : (expect.stringMatching(text) as string))),
        ),
      );
      expect(recorder.internalErrors).toEqual([]);
    });

    it('are the same when each of our hooks throws', async () => {
      const without = await transcript(form);
      const recorder = new CallRecorder();
      recorder.hostile = true;
      expect(await observed(form, recorder)).toEqual(without);
      expect(recorder.internalErrors.length).toBeGreaterThan(0);
    });
  });

  it('are the same when the recorder throws', async () => {
    const [form] = FORMS as [Form];
    const without = await transcript(form);
    const recorder = new CallRecorder();
    recorder.call = () => {
      throw new Error('planted');
    };
    expect(await observed(form, recorder)).toEqual(without);
    expect(recorder.internalErrors).toHaveLength(1);
  });

  describe('while installed', () => {
    let recorder: CallRecorder;
    let remove: () => void;
    const traced = <R>(fn: () => R, key = 'trace'): R => runWith({ recorder, key }, fn);
    const get = async (way: string, options: http.RequestOptions = {}): Promise<Buffer> => {
      const [response] = (await once(http.get(to(way), options), 'response')) as [IncomingMessage];
      return Buffer.concat((await response.toArray()) as Buffer[]);
    };

    beforeEach(() => {
      recorder = new CallRecorder();
      remove = installHttpCalls();
    });

    afterEach(() => remove());

    it('touches no request outside a trace, and none that the recorder declines', async () => {
      const names = (request: ClientRequest): string[] =>
        ['write', 'end', 'destroy', 'emit'].filter((name) => Object.hasOwn(request, name));
      const outside = http.get(to('echo'));
      expect(names(outside)).toEqual([]);
      recorder.call = () => undefined;
      const declined = traced(() => http.get(to('echo')));
      expect(names(declined)).toEqual([]);
      await Promise.all(
        [once(outside, 'close'), once(declined, 'close')].map((closed, at) => {
          [outside, declined][at]!.on('response', (response: IncomingMessage) => response.resume());
          return closed;
        }),
      );
    });

    it('gives method, host, path and headers', async () => {
      await traced(() => get('echo?a=b', { headers: { 'X-Key': 'k' } }));
      const [{ target }] = recorder.calls as [(typeof recorder.calls)[0]];
      expect(target).toMatchObject({ method: 'GET', host: new URL(url).host, path: '/echo?a=b', secure: false });
      expect(target.headers).toMatchObject({ 'x-key': 'k', host: new URL(url).host });
    });

    it('gives the host without the port of its scheme, and the URL that a proxy is asked for', () => {
      const targets = [
        () => http.get('http://API.example:80/a'),
        () => https.get('https://api.example/b'),
        () => https.get('https://api.example/c', { headers: { host: 'api.example:443' } }),
        () => https.get({ host: '::1', port: 8443, path: '/d' }),
        () => http.get({ host: 'proxy.example', port: 3128, path: 'https://api.example/v1/e?f=1' }),
        () => http.get({ host: 'api.example', port: 81, path: '/g', setHost: false }),
      ].map((call) => {
        traced(call)
          .on('error', () => undefined)
          .destroy();
        const { host, path, secure } = recorder.calls.at(-1)!.target;
        return `${secure} ${host} ${path}`;
      });
      expect(targets).toEqual([
        'false api.example /a',
        'true api.example /b',
        'true api.example /c',
        'true [::1]:8443 /d',
        'true api.example /v1/e?f=1',
        'false api.example /g',
      ]);
    });

    it('adds a header where the request has none of the name and can still take one', async () => {
      recorder.header = ['traceparent', 'ours'];
      received.length = 0;
      await traced(() => get('echo'));
      await traced(() => get('echo', { headers: { traceparent: 'theirs' } }));
      await traced(() => get('echo', { headers: ['Host', 'x'] as never }));
      expect(received.map((text) => /traceparent\|(\w+)/.exec(text)?.[1])).toEqual(['ours', 'theirs', undefined]);
      expect(recorder.calls.map(({ seen }) => seen[0])).toEqual(['set true', 'set false', 'set false']);
    });

    it('sees the bytes of a compressed and of a long response as they were sent', async () => {
      const texts = await traced(() => Promise.all([get('gzip'), get('big')]));
      const [zipped, long] = recorder.calls.map(({ bytes }) => Buffer.concat(bytes));
      expect(gunzipSync(zipped!).toString()).toBe('hola');
      expect([zipped!.equals(texts[0]!), long!.equals(texts[1]!), long!.length]).toEqual([true, true, BIG.length]);
    });

    it('puts each call into its own trace over few connections', async () => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
      const ask = async (at: number): Promise<void> => {
        const request = post('echo', { agent });
        request.end(`from ${at}`);
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        for await (const _ of response);
      };
      await Promise.all(Array.from({ length: 300 }, (_, at) => traced(() => ask(at), `trace ${at}`)));
      const wrong = recorder.calls.filter(
        ({ trace, seen }) =>
          !seen.includes(`sent:${trace.replace('trace', 'from')}`) ||
          !seen.includes(`received:${trace.replace('trace', 'from')}`),
      );
      expect([recorder.calls.length, wrong.length]).toEqual([300, 0]);
      agent.destroy();
    });

    it('observes a call once, whatever number of applications installed it', async () => {
      const second = installHttpCalls();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(1);
      second();
      second();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(2);
      remove();
      await traced(() => get('echo'));
      expect(recorder.calls).toHaveLength(2);
    });

    it('leaves out the call that is observed further outside, and no other', async () => {
      const ref = { recorder, key: 'trace' };
      const target = { method: 'GET', host: new URL(url).host, path: '/echo', secure: false };
      await runWith(ref, () => runUnobserved(ref, target, () => get('echo')));
      expect(recorder.calls).toEqual([]);
      const elsewhere = { ...target, host: 'api.example', path: '/v1' };
      await runWith(ref, () => runUnobserved(ref, elsewhere, () => get('echo')));
      expect(recorder.calls).toHaveLength(1);
    });

    it('keeps a method that the application replaced itself', async () => {
      const written: unknown[] = [];
      const request = traced(() => post('echo'));
      const { end } = request;
      request.end = function (this: ClientRequest, ...args: unknown[]) {
        written.push(args[0]);
        return Reflect.apply(end, this, args as never[]) as ClientRequest;
      };
      request.end('hola');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      for await (const _ of response);
      expect(written).toEqual(['hola']);
      expect(recorder.calls[0]!.seen).toContain('sent:hola');
    });
  });
});
