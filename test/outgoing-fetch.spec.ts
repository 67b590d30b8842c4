import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { OutgoingDialect } from '../libs/trace/src/capture/outgoing/outgoing-dialect.js';
import { CapturedCalls, type FakeServer, fakeServer } from './support/captured-calls.js';

const ANSWER = { text: 'hola', usage: { prompt_tokens: 11, completion_tokens: 4 } };

/** A model API and a messaging API of the test's own. */
const dialects: OutgoingDialect[] = [
  {
    name: 'acme-ai',
    type: 'llm',
    provider: () => 'acme',
    match: ({ path }) => path.startsWith('/v1/chat'),
    request: ({ body }) => {
      const { model, prompt } = (body.json() ?? {}) as { model?: string; prompt?: string };
      return { model, input: { model, messages: [{ role: 'user', content: prompt }] } };
    },
    response: (_, { body, status, headers }) => {
      if (status >= 400) {
        const { error } = (body.json() ?? {}) as { error?: { code: string; reason: string } };
        return { failure: error };
      }
      if (headers['content-type'] === 'text/event-stream') {
        const parts = [...body.text.matchAll(/^data: (.*)$/gm)].flatMap((match) => {
          try {
            return [JSON.parse(match[1]!) as { text?: string; usage?: object }];
          } catch {
            return [];
          }
        });
        return {
          output: { text: parts.map(({ text = '' }) => text).join('') },
          usage: parts.findLast(({ usage }) => usage)?.usage ?? usageIn(body.tail),
          firstTokenAt: body.text.indexOf('"text"'),
          finish: 'stop',
        };
      }
      const json = body.json() as typeof ANSWER | undefined;
      return json
        ? { output: { text: json.text }, model: 'acme-1-0613', usage: json.usage, finish: 'stop' }
        : { usage: usageIn(body.tail) };
    },
  },
  {
    name: 'acme-chat',
    type: 'message',
    match: ({ path }) => path.startsWith('/messages'),
    read: (request, response) => {
      const { to, text } = request.body.json() as { to: string; text: string };
      const { id, error } = (response.body.json() ?? {}) as { id?: string; error?: { code: string; reason: string } };
      return [{ to, text, channel: 'sms', messageId: id, failure: error }];
    },
  },
];

function usageIn(text: string): unknown {
  const found = /"usage":(\{[^}]*\})/.exec(text);
  return found ? JSON.parse(found[1]!) : undefined;
}

const big = 'x'.repeat(5 * 1024 * 1024);
let calls: CapturedCalls;
let server: FakeServer;
let failures = 0;

beforeAll(async () => {
  server = await fakeServer((request, response, body) => {
    const path = request.url!;
    const json = (status: number, data: object, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(data));
    const way = new URL(path, 'http://x').searchParams.get('way') ?? 'plain';
    const text = JSON.stringify(ANSWER);
    const encoded = (encoding: string, bytes: Buffer) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes);
    if (way === 'gzip') return encoded('gzip', gzipSync(text));
    if (way === 'br') return encoded('br', brotliCompressSync(text));
    if (way === 'deflate') return encoded('deflate', deflateSync(text));
    if (way === 'raw') return encoded('deflate', deflateRawSync(text));
    if (way === 'flaky')
      return failures++ < 2 ? json(429, { error: { code: 'rate_limit', reason: 'slow down' } }) : json(200, ANSWER);
    if (way === '500') return json(500, { error: { code: 'boom', reason: 'it broke' } });
    if (way === 'malformed') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":');
    if (way === 'redirect') return response.writeHead(307, { location: '/v1/chat?way=plain' }).end();
    if (way === 'reset') return request.socket.destroy();
    if (way === 'cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"text":');
      return setImmediate(() => setImmediate(() => request.socket.destroy()));
    }
    if (way === 'big') return json(200, { text: big, usage: ANSWER.usage });
    if (way === 'biggzip') return encoded('gzip', gzipSync(JSON.stringify({ text: big, usage: ANSWER.usage })));
    if (way === 'hang') return undefined;
    if (way === 'stream' || way === 'endless' || way === 'gzipstream') return stream(response, way);
    if (path.startsWith('/messages'))
      return body.includes('refuse')
        ? json(400, { error: { code: '131030', reason: 'not in allowed list' } })
        : json(200, { id: 'm-1' });
    return json(200, ANSWER, { 'x-request-id': 'r-1', 'set-cookie': 'session=canary-cookie' });
  });
});

/** Each part is sent when the last one is out, in a chunk of its own. */
async function stream(response: any, way: string): Promise<void> {
  const gzip = way === 'gzipstream';
  const { createGzip, constants } = await import('node:zlib');
  const zip = createGzip();
  response.writeHead(200, { 'content-type': 'text/event-stream', ...(gzip && { 'content-encoding': 'gzip' }) });
  if (gzip) zip.pipe(response);
  const write = (text: string) =>
    new Promise<void>((resolve) =>
      gzip
        ? zip.write(text, () => zip.flush(constants.Z_SYNC_FLUSH, () => setTimeout(resolve, 15)))
        : response.write(text, () => setTimeout(resolve, 15)),
    );
  await write(': hello\n\n');
  for (const part of ['ho', 'la', '!']) await write(`data: ${JSON.stringify({ text: part })}\n\n`);
  if (way === 'endless') return;
  await write(`data: ${JSON.stringify({ usage: ANSWER.usage })}\n\n`);
  (gzip ? zip : response).end('data: [DONE]\n\n');
}

beforeEach(() => {
  calls = new CapturedCalls({ outgoing: { dialects } });
  failures = 0;
});

afterEach(() => {
  expect(calls.faults).toBe(0);
  calls.close();
});

afterAll(() => server.close());

const chat = (way = 'plain', init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/v1/chat?way=${way}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme-1', prompt: 'hi' }),
    ...init,
  });

describe('a call of fetch inside a trace', () => {
  it('is a span with method, host, path, status and sizes', async () => {
    const { key } = await calls.trace(async () => (await fetch(`${server.url}/leads/123456?page=2`)).text());
    const [span] = await calls.spans(key);
    expect(span).toMatchObject({
      type: 'http',
      name: `GET ${server.host}`,
      outcome: 'ok',
      attributes: {
        'http.request.method': 'GET',
        'server.address': server.host,
        'url.template': '/leads/{id}',
        'http.response.status_code': 200,
        'http.response.body.size': JSON.stringify(ANSWER).length,
        'trace.source': 'http',
      },
      input: { method: 'GET', url: `${server.url}/leads/123456?page=2` },
      output: { status: 200, headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' } },
    });
    expect(span!.output.body).toBeUndefined();
    expect(JSON.stringify(calls.records)).not.toContain('canary');
  });

  it.each(['plain', 'gzip', 'br', 'deflate', 'raw'])('to a model is an llm span: %s', async (way) => {
    const { key, result } = await calls.trace(async () => (await chat(way)).json());
    expect(result).toEqual(ANSWER);
    const [span] = await calls.spans(key);
    expect(span).toMatchObject({
      type: 'llm',
      name: 'acme-1',
      outcome: 'ok',
      attributes: {
        'gen_ai.provider.name': 'acme',
        'gen_ai.request.model': 'acme-1',
        'gen_ai.response.model': 'acme-1-0613',
        'gen_ai.response.finish_reasons': 'stop',
        'http.response.status_code': 200,
      },
      input: { model: 'acme-1', messages: [{ role: 'user', content: 'hi' }] },
      output: { text: 'hola' },
      usage: { input: 11, output: 4 },
    });
  });

  it('to a model is read while it streams, with the time to first token', async () => {
    for (const way of ['stream', 'gzipstream']) {
      const { key, result } = await calls.trace(async () => (await chat(way)).text());
      expect(result).toContain('[DONE]');
      const [span] = await calls.spans(key);
      expect(span).toMatchObject({ type: 'llm', output: { text: 'hola!' }, usage: { input: 11, output: 4 } });
      const first = span!.attributes['gen_ai.response.time_to_first_chunk'] as number;
      expect(first).toBeGreaterThan(10);
      expect(first).toBeLessThan(span!.ms - 30);
    }
  });

  it.each(['big', 'biggzip'])('finds the usage behind a text of 5 MB: %s', async (way) => {
    const { key, result } = await calls.trace(async () => (await chat(way)).text());
    expect(result).toHaveLength(JSON.stringify({ text: big, usage: ANSWER.usage }).length);
    const [span] = await calls.spans(key);
    expect(span).toMatchObject({ outcome: 'ok', usage: { input: 11, output: 4 } });
    expect(JSON.stringify(calls.records).length).toBeLessThan(1_000_000);
  });

  it('that is left early or aborted is cancelled, with what was read', async () => {
    const early = await calls.trace(async () => {
      const response = await chat('endless');
      const reader = response.body!.getReader();
      let text = '';
      while (!text.includes('la')) text += Buffer.from((await reader.read()).value!).toString();
      await reader.cancel();
    });
    const aborted = await calls.trace(async () => {
      const controller = new AbortController();
      const call = chat('hang', { signal: controller.signal });
      setTimeout(() => controller.abort(new Error('the lead left')), 20);
      await expect(call).rejects.toThrow('the lead left');
    });
    const [left] = await calls.spans(early.key);
    expect(left).toMatchObject({ type: 'llm', outcome: 'cancelled', output: { text: expect.stringMatching(/^hola/) } });
    const [gone] = await calls.spans(aborted.key);
    expect(gone).toMatchObject({ type: 'llm', outcome: 'cancelled' });
    expect(gone!.attributes['http.response.status_code']).toBeUndefined();
  });

  it('that fails says why, and no error is recorded: the application may handle it', async () => {
    const gone = await fakeServer(() => undefined);
    const closed = `${gone.url}/x`;
    await gone.close();
    const refused = await calls.trace(() => fetch(closed).catch(() => undefined));
    const reset = await calls.trace(() => chat('reset').catch(() => undefined));
    const cut = await calls.trace(async () => (await chat('cut')).text().catch(() => undefined));
    const slow = await calls.trace(() => chat('hang', { signal: AbortSignal.timeout(20) }).catch(() => undefined));
    const broken = await calls.trace(async () => (await chat('500')).json());
    const code = async ({ key }: { key: string }) => {
      const [span] = await calls.spans(key);
      return [span!.outcome, span!.attributes['error.type'], span!.output.error.code];
    };
    expect(await code(refused)).toEqual(['error', 'ECONNREFUSED', 'ECONNREFUSED']);
    expect(await code(reset)).toEqual(['error', 'UND_ERR_SOCKET', 'UND_ERR_SOCKET']);
    expect(await code(cut)).toEqual(['error', 'UND_ERR_SOCKET', 'UND_ERR_SOCKET']);
    expect(await code(slow)).toEqual(['error', 'TimeoutError', 'TimeoutError']);
    expect(await code(broken)).toEqual(['error', 'boom', 'boom']);
    const [span] = await calls.spans(broken.key);
    expect(span!.output).toEqual({ error: { code: 'boom', message: 'it broke', status: 500 } });
    expect(calls.records.filter(({ kind }) => kind === 'error')).toEqual([]);
  });

  it('with a malformed response is recorded as what it is', async () => {
    const { key } = await calls.trace(async () => (await chat('malformed')).text());
    expect((await calls.spans(key))[0]).toMatchObject({ type: 'llm', outcome: 'ok', usage: { model: 'acme-1' } });
  });

  it('counts the attempts of the same call after a failed one', async () => {
    const { key } = await calls.trace(async () => {
      for (let i = 0; i < 3; i += 1) await (await chat('flaky')).text();
      await (await chat('flaky')).text();
      await (await chat('flaky', { body: JSON.stringify({ model: 'acme-2', prompt: 'hi' }) })).text();
    });
    const spans = await calls.spans(key, 5);
    expect(spans.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([
      undefined,
      1,
      2,
      undefined,
      undefined,
    ]);
    expect(spans.map(({ outcome }) => outcome)).toEqual(['error', 'error', 'ok', 'ok', 'ok']);
    expect(spans[0]!.attributes['error.type']).toBe('rate_limit');
  });

  it('takes the number of the attempt from the header of an SDK', async () => {
    const { key } = await calls.trace(async () =>
      (await chat('plain', { headers: { 'x-stainless-retry-count': '2' } })).text(),
    );
    expect((await calls.spans(key))[0]!.attributes['http.request.resend_count']).toBe(2);
  });

  it('that is redirected is two calls', async () => {
    const { key, result } = await calls.trace(async () => (await chat('redirect')).json());
    expect(result).toEqual(ANSWER);
    const spans = await calls.spans(key, 2);
    expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([307, 200]);
  });

  it('to a messaging API is a reply, or a refusal with the reason of the provider', async () => {
    const send = (text: string) =>
      fetch(`${server.url}/messages`, { method: 'POST', body: JSON.stringify({ to: '521555', text }) });
    const { key } = await calls.trace(async () => {
      await (await send('hola')).text();
      await (await send('refuse me')).text();
    });
    const spans = await calls.spans(key, 2);
    expect(spans.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['http', 'ok'],
      ['http', 'error'],
    ]);
    expect(spans[0]).toMatchObject({
      input: { body: { to: '521555', text: 'hola' } },
      output: { status: 200, body: { id: 'm-1' } },
    });
    const [sent, failed] = calls.events(key);
    expect(sent).toMatchObject({
      type: 'message_sent',
      span: spans[0]!.span,
      data: { message: 'hola', channel: 'sms', message_id: 'm-1', to: '521555', provider: 'acme-chat', via: 'http' },
    });
    expect(failed).toMatchObject({
      type: 'message_failed',
      span: spans[1]!.span,
      data: {
        message: 'refuse me',
        channel: 'sms',
        to: '521555',
        provider: 'acme-chat',
        status: 400,
        code: '131030',
        reason: 'not in allowed list',
        via: 'http',
      },
    });
    expect(spans[1]!.attributes['error.type']).toBe('131030');
  });

  it('to a messaging API is a reply also in a trace that takes no more spans', async () => {
    const full = new CapturedCalls({ outgoing: { dialects } }, { limits: { maxEventsPerTrace: 1 } });
    const { key } = await full.trace(async () =>
      (await fetch(`${server.url}/messages`, { method: 'POST', body: '{"to":"1","text":"hola"}' })).text(),
    );
    expect(full.records.filter(({ kind }) => kind === 'span')).toEqual([]);
    expect(full.events(key)).toMatchObject([{ type: 'message_sent', data: { message: 'hola', message_id: 'm-1' } }]);
    full.close();
  });

  it('sends a streamed body as it is', async () => {
    async function* parts() {
      yield Buffer.from('{"model":"acme-1",');
      yield Buffer.from('"prompt":"hi"}');
    }
    const { key } = await calls.trace(async () =>
      (await chat('plain', { body: parts() as never, duplex: 'half' } as RequestInit)).text(),
    );
    expect((await calls.spans(key))[0]).toMatchObject({ name: 'acme-1', input: { model: 'acme-1' } });
    expect(server.seen.at(-1)!.body).toBe('{"model":"acme-1","prompt":"hi"}');
  });
});
