import { createServer, type Socket } from 'node:net';
import { request } from 'undici';
import { InternalErrors } from '../libs/trace/src/capture/internal-errors.js';
import { CallSites } from '../libs/trace/src/capture/outgoing/call-site.js';
import { resolveOutgoing } from '../libs/trace/src/capture/outgoing/outgoing.options.js';
import type { OutgoingDialect } from '../libs/trace/src/capture/outgoing/outgoing-dialect.js';
import { pathTemplate } from '../libs/trace/src/model/path-template.js';
import type { SpanHandle } from '../libs/trace/src/context/recorder.js';
import { runWith } from '../libs/trace/src/context/trace-context.js';
import { CapturedCalls, type FakeServer, fakeServer } from './support/captured-calls.js';

const BOT = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';

const model: OutgoingDialect = {
  name: 'acme-ai',
  type: 'llm',
  provider: () => 'acme',
  match: ({ path }) => path === '/v1/chat',
  request: ({ body }) => {
    const json = body.json() as { model?: string; prompt?: string } | undefined;
    return { model: json?.model, input: { messages: [{ role: 'user', content: json?.prompt }] } };
  },
  response: (_, { body }) => {
    const json = body.json() as { text: string; usage: unknown };
    return { output: { text: json.text }, usage: json.usage, model: 'acme-1-0613', firstTokenAt: 0 };
  },
};

const bot: OutgoingDialect = {
  name: 'telegram',
  type: 'message',
  match: ({ path }) => path.includes('/sendMessage'),
  read: ({ body }) => [{ text: (body.json() as { text: string }).text, channel: 'telegram' }],
};

const broken: OutgoingDialect = {
  ...model,
  name: 'broken',
  match: ({ path }) => path === '/broken',
  request: () => {
    throw new Error('planted');
  },
};

let server: FakeServer;
const open: CapturedCalls[] = [];

beforeAll(async () => {
  server = await fakeServer((incoming, response) => {
    if (incoming.url!.startsWith('/fail')) return response.writeHead(503).end('no');
    response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'sid=canary-cookie' });
    response.end(JSON.stringify({ text: 'hola lead', usage: { input_tokens: 7, output_tokens: 2 } }));
  });
});

afterEach(() => {
  for (const calls of open.splice(0)) calls.close();
});

afterAll(() => server.close());

function capture(...parts: ConstructorParameters<typeof CapturedCalls>): CapturedCalls {
  const calls = new CapturedCalls(...parts);
  open.push(calls);
  return calls;
}

const post = (path: string, body: unknown = { model: 'acme-1', prompt: 'hi lead', text: 'hi lead' }, headers = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer canary-key', ...headers },
    body: JSON.stringify(body),
  }).then((response) => response.text());

describe('what is recorded of an outgoing call', () => {
  it('has no credential, token or secret of the query', async () => {
    const calls = capture({ outgoing: { dialects: [model, bot], bodies: 'all' } });
    const { key } = await calls.trace(async () => {
      await post(`/bot${BOT}/sendMessage`);
      await post('/v1/chat?key=canary-query&api_key=canary-query');
      await post('/leads', { password: 'canary-body', name: 'Ana' });
    });
    const [message, , leads] = await calls.spans(key, 3);
    expect(message).toMatchObject({
      attributes: { 'url.template': '/bot{token}/sendMessage' },
      input: { url: expect.stringContaining('/bot{token}/sendMessage') },
    });
    expect(leads!.input.body).toMatchObject({ name: 'Ana' });
    const all = JSON.stringify(calls.records);
    expect(all).not.toContain('canary');
    expect(all).not.toContain(BOT.slice(12));
    expect(calls.faults).toBe(0);
  });

  it('is shapes and sizes with redact.content none', async () => {
    const calls = capture({ outgoing: { dialects: [model, bot], bodies: 'all' } }, { redact: { content: 'none' } });
    const { key } = await calls.trace(async () => {
      await post('/v1/chat');
      await post('/sendMessage');
      await post('/leads');
    });
    await calls.spans(key, 3);
    expect(calls.ended(key)[0]!.attributes).toMatchObject({ 'gen_ai.request.model': 'acme-1' });
    const all = JSON.stringify(calls.records);
    expect(all).not.toMatch(/hola|hi lead/);
    expect(all).toContain('[string 7]');
  });

  it('is metadata only with bodies none: no dialect reads', async () => {
    const calls = capture({ outgoing: { dialects: [model, bot], bodies: 'none' } });
    const { key } = await calls.trace(async () => {
      await post('/v1/chat');
      await post('/sendMessage');
    });
    const spans = await calls.spans(key, 2);
    expect(spans.map(({ type, input }) => [type, input.body])).toEqual([
      ['http', undefined],
      ['http', undefined],
    ]);
    expect(spans[0]!.attributes).toMatchObject({
      'http.request.body.size': 54,
      'http.response.body.size': 65,
    });
    expect(calls.events(key)).toEqual([]);
  });

  it('is nothing for an excluded host, and nothing at all when it is off', async () => {
    for (const outgoing of [false, { exclude: '127.0.0.1' }, { exclude: [/^127/] }, { exclude: () => true }]) {
      const calls = capture({ outgoing });
      await calls.trace(() => post('/leads'));
      expect(calls.ended()).toEqual([]);
    }
  });

  it('is an http call where the dialect throws, which is counted', async () => {
    const calls = capture({ outgoing: { dialects: [broken] } });
    const { key } = await calls.trace(() => post('/broken'));
    expect((await calls.spans(key))[0]).toMatchObject({ type: 'http', outcome: 'ok' });
    expect(calls.faults).toBe(1);
  });
});

describe('traceparent', () => {
  const sent = () => {
    const { headers } = server.seen.at(-1)!;
    return headers.flatMap((name, i) => (i % 2 === 0 && name.toLowerCase() === 'traceparent' ? [headers[i + 1]] : []));
  };

  it('is sent to the hosts of propagate only, and never a second one', async () => {
    const calls = capture({ outgoing: { propagate: [server.host] } });
    const { key, result } = await calls.trace(async (ref) => {
      await post('/leads');
      return calls.capture.recorder.contextOf(ref)!.traceparent;
    });
    const [call] = await calls.spans(key);
    expect(sent()).toEqual([`${result.slice(0, 36)}${call!.span}-01`]);
    const own = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await calls.trace(() => post('/leads', {}, { traceparent: own }));
    expect(sent()).toEqual([own]);
    await post('/leads');
    expect(sent()).toEqual([]);
    const others = capture({ outgoing: { propagate: ['api.acme.example'] } });
    await others.trace(() => post('/leads'));
    expect(sent()).toEqual([]);
  });
});

describe("a model call inside a library's span", () => {
  const library = { name: 'acme-1', kind: 'llm', input: {}, attributes: { 'trace.source': 'ai' } } as const;
  const around = async (calls: CapturedCalls, inside: (span: SpanHandle) => Promise<unknown>, usage?: object) =>
    calls.trace(async (ref) => {
      const span = calls.capture.recorder.startSpan(ref, library)!;
      await inside(span);
      span.end({ kind: 'ok', output: { text: 'hola' }, usage });
    });

  it('is an http call, and its usage is counted once, in the span of the library', async () => {
    const calls = capture({ outgoing: { dialects: [model] } });
    const { key } = await around(calls, (span) => runWith(span.ref, () => post('/v1/chat')));
    const [call, llm] = await calls.spans(key, 2);
    expect(call).toMatchObject({ type: 'http', parent: llm!.span });
    expect(call!.usage).toBeUndefined();
    expect(call!.input.body).toBeUndefined();
    expect(llm!.usage).toMatchObject({ input: 7, output: 2 });
  });

  it('is found where the library calls outside its context, and leaves the counts of the library alone', async () => {
    const calls = capture({ outgoing: { dialects: [model] } });
    const { key } = await around(calls, () => post('/v1/chat'), { input: 70, output: 20 });
    const [call, llm] = await calls.spans(key, 2);
    expect(call!.type).toBe('http');
    expect(llm!.usage).toMatchObject({ input: 70, output: 20 });
  });

  it('is a model call of its own in a span of the application', async () => {
    const calls = capture({ outgoing: { dialects: [model] } });
    const { key } = await calls.trace(async (ref) => {
      const span = calls.capture.recorder.startSpan(ref, { ...library, attributes: undefined })!;
      await runWith(span.ref, () => post('/v1/chat'));
      span.end({ kind: 'ok', output: {} });
    });
    const [call, own] = await calls.spans(key, 2);
    expect([call!.type, call!.usage?.input, own!.usage]).toEqual(['llm', 7, undefined]);
  });
});

describe('the path of a call', () => {
  it.each([
    ['/v21.0/109876543210987/messages', '/v21.0/{id}/messages'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1beta/models/gemini-2.5-flash:generateContent', '/v1beta/models/gemini-2.5-flash:generateContent'],
    [
      '/model/us.anthropic.claude-3-5-sonnet-20241022-v2%3A0/invoke',
      '/model/us.anthropic.claude-3-5-sonnet-20241022-v2%3A0/invoke',
    ],
    ['/openai/deployments/gpt-4o-mini/chat/completions', '/openai/deployments/gpt-4o-mini/chat/completions'],
    [
      '/2010-04-01/Accounts/AC00112233445566778899aabbccddeeff/Messages.json',
      '/2010-04-01/Accounts/{id}/Messages.json',
    ],
    ['/services/T01ABCDEF/B01ABCDEF/aBcDeFgHiJkLmNoPqRsTuVwX', '/services/{id}/{token}'],
    ['/api/webhooks/1122334455/aBcDeFgHiJkLmNoP', '/api/webhooks/{id}/{token}'],
    ['/hooks/aBcDeFgHiJkLmNoPqRsTuVwX', '/hooks/{id}'],
    ['/api/sendMessageTemplateToContact', '/api/sendMessageTemplateToContact'],
    ['/users/6ba7b810-9dad-11d1-80b4-00c04fd430c8', '/users/{id}'],
    ['/contacts/z49hFQn0DxOX5sInJg60/notes', '/contacts/{id}/notes'],
    ['/leads/ana%40acme.example/mail', '/leads/{id}/mail'],
    [`/bot${BOT}/sendMessage`, '/bot{token}/sendMessage'],
    ['/', '/'],
  ])('%s is %s', (path, template) => expect(pathTemplate(path)).toBe(template));

  it('is looked up once for each place', () => {
    let asked = 0;
    const counting: OutgoingDialect = { ...bot, match: () => ((asked += 1), false) };
    const options = resolveOutgoing({ dialects: [counting] }, {}) as Exclude<ReturnType<typeof resolveOutgoing>, false>;
    const sites = new CallSites(options, { name: String, url: String }, new InternalErrors());
    for (let i = 0; i < 3; i += 1) sites.of({ method: 'GET', host: 'a.example', path: `/x?n=${i}`, secure: true });
    expect(asked).toBe(1);
  });
});

describe('a fault of ours', () => {
  it('in any hook has no effect on the call', async () => {
    const throwing = () => {
      throw new Error('planted');
    };
    for (const hook of ['call', 'sent', 'sentAll', 'responded', 'received', 'finished', 'failed'] as const) {
      const faults: unknown[] = [];
      const observer = { ...Object.fromEntries(OBSERVER.map((name) => [name, () => undefined])), [hook]: throwing };
      const recorder = {
        call: hook === 'call' ? throwing : () => observer,
        internalError: (_: string, error: unknown) => faults.push(error),
      };
      const calls = capture();
      const text = await runWith({ recorder: recorder as never, key: 'x' }, () => post('/leads'));
      expect(JSON.parse(text)).toMatchObject({ text: 'hola lead' });
      const failed = await runWith({ recorder: recorder as never, key: 'x' }, () =>
        fetch('http://127.0.0.1:9').catch((error: Error) => error.message),
      );
      expect([hook, failed]).toEqual([hook, expect.any(String)]);
      if (hook !== 'failed') expect([hook, faults.length > 0]).toEqual([hook, true]);
      calls.close();
    }
  });
});

const OBSERVER = ['requestHeaders', 'sent', 'sentAll', 'responded', 'received', 'finished', 'failed', 'left'];

describe('with and without us', () => {
  /** Raw bytes on the wire, as a server without HTTP sees them. */
  async function wire(
    act: (url: string) => Promise<unknown>,
  ): Promise<{ bytes: string; sockets: number; result: unknown }> {
    const chunks: string[] = [];
    const accepted: Socket[] = [];
    const raw = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        chunks.push(data.toString('latin1'));
        const text = data.toString('latin1');
        if (text.includes('/reset')) return socket.destroy();
        if (!/\r\n\r\n/.test(text)) return;
        if (text.includes('/chunks')) {
          socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n');
          return void setTimeout(() => socket.write('2\r\nde\r\n0\r\n\r\n'), 10);
        }
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as { port: number };
    try {
      const result = await act(`http://127.0.0.1:${port}`);
      return { bytes: chunks.join('').replaceAll(String(port), 'PORT'), sockets: accepted.length, result };
    } finally {
      for (const socket of accepted) socket.destroy();
      raw.close();
    }
  }

  const acts: [string, (url: string) => Promise<unknown>][] = [
    ['GET', async (url) => (await fetch(`${url}/a`)).text()],
    ['POST', async (url) => (await fetch(`${url}/a`, { method: 'POST', body: '{"a":1}' })).text()],
    [
      'chunks and their boundaries',
      async (url) => {
        const seen: string[] = [];
        for await (const chunk of (await fetch(`${url}/chunks`)).body as never as AsyncIterable<Uint8Array>)
          seen.push(Buffer.from(chunk).toString());
        return seen;
      },
    ],
    [
      'errors',
      async (url) => {
        const error = await fetch(`${url}/reset`).catch((thrown: Error) => thrown);
        const { cause } = error as Error & { cause: Error & { code: string } };
        return [(error as Error).constructor.name, (error as Error).message, cause.constructor.name, cause.code];
      },
    ],
    [
      'the identity of an abort reason',
      async (url) => {
        const reason = new Error('mine');
        const controller = new AbortController();
        const call = fetch(`${url}/chunks`, { signal: controller.signal });
        controller.abort(reason);
        return (await call.catch((thrown: unknown) => thrown)) === reason;
      },
    ],
    [
      'reuse of the socket',
      async (url) => {
        for (let i = 0; i < 20; i += 1) await (await fetch(`${url}/${i}`)).text();
      },
    ],
    ['npm undici', async (url) => (await request(`${url}/a`, { method: 'PUT', body: Buffer.from('x') })).body.text()],
  ];

  it.each(acts)('%s: the same bytes, result and sockets', async (_, act) => {
    const without = await wire(act);
    const calls = capture({ outgoing: { bodies: 'all' } });
    const within = (await calls.trace(() => wire(act))).result;
    expect(within).toEqual(without);
    expect(calls.faults).toBe(0);
  });
});
