import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  Body,
  Controller,
  Header,
  HttpCode,
  HttpException,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { traceReply, TraceWebhook } from 'nestjs-trace-collector';
import { type AdapterName, ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Hola &amp; adiós</Message></Response>';

/** Called when the slow handler was reached. */
let reach: () => void = () => undefined;

const longText = (): string => 'x'.repeat(200_000);

/** Answers in every form that a handler has. */
function answer(how: string): unknown {
  switch (how) {
    case 'text':
      return 'Hola';
    case 'object':
      return { reply: 'Hola', score: 8 };
    case 'nested':
      return { data: { text: 'Hola' } };
    case 'other':
      return { ok: true };
    case 'buffer':
      return new StreamableFile(Buffer.from('Hola'), { type: 'text/plain' });
    case 'stream':
      return new StreamableFile(Readable.from([Buffer.from('Ho'), Buffer.from('la')]), { type: 'text/plain' });
    case 'long':
      return new StreamableFile(Readable.from([Buffer.from(longText())]), { type: 'text/plain' });
    case 'audio':
      return new StreamableFile(Buffer.from([1, 2, 3]), { type: 'audio/ogg' });
    case 'broken':
      return new StreamableFile(
        Readable.from(
          (async function* () {
            yield Buffer.from('Ho');
            await Promise.resolve();
            throw new Error('the file broke');
          })(),
        ),
        { type: 'text/plain' },
      );
    case 'refused':
      throw new HttpException('no', 422);
    case 'code':
      traceReply('Hola');
      return 'Hola';
    case 'slow':
      // The client leaves meanwhile; the answer is made all the same.
      reach();
      return new Promise((done) => setTimeout(() => done('Hola'), 100));
    default:
      return undefined;
  }
}

@Controller()
class ReplyController {
  @TraceWebhook({ reply: 'response' })
  @Post('chat')
  @HttpCode(200)
  chat(@Query('how') how: string): unknown {
    return answer(how);
  }

  @TraceWebhook({ reply: (body) => (body as { say?: string }).say })
  @Post('chosen')
  @HttpCode(200)
  chosen(@Body() { say }: { say?: string }): unknown {
    return { say, id: 7 };
  }

  @TraceWebhook({
    reply: () => {
      throw new Error('the rule is wrong');
    },
  })
  @Post('wrong')
  @HttpCode(200)
  wrong(): unknown {
    return { ok: true };
  }

  @Post('webhook/twilio')
  @HttpCode(200)
  @Header('content-type', 'text/xml')
  twilio(@Body() { Body: body }: { Body?: string }): string {
    return body === 'nothing' ? '<Response></Response>' : TWIML;
  }

  @Post('webhook/telegram')
  @HttpCode(200)
  telegram(@Body() { message }: { message?: { text?: string; chat: { id: number } } }): unknown {
    if (message?.text === 'ok') return { ok: true };
    return { method: 'sendMessage', chat_id: message?.chat.id, text: 'Hola' };
  }

  @Post('webhook/plain')
  @HttpCode(200)
  plain(): unknown {
    return { reply: 'Hola', method: 'sendMessage', text: 'Hola' };
  }

  @TraceWebhook({ reply: 'response' })
  @Post('raw')
  raw(@Req() _request: unknown, @Res() response: any): void {
    const raw = response.raw ?? response;
    if (response.raw) response.hijack();
    raw.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
    raw.end(gzipSync('Hola'));
  }
}

const repliesOf = (trace: any): unknown[] =>
  trace.events.filter(({ type }: any) => type === 'message_sent').map(({ data }: any) => data);

describe.each(ADAPTERS)('a reply in the response, on %s', (adapter: AdapterName) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({
      adapter,
      controllers: [ReplyController],
      options: { lifecycle: { quietMs: 50, expectReply: true } },
    });
  });
  afterAll(() => app.close());

  /** Posts, and returns the response's text and the ended trace. */
  async function post(path: string, body: unknown = {}): Promise<{ text: string; status: number; trace: any }> {
    const form = body instanceof URLSearchParams;
    const response = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: form ? {} : { 'content-type': 'application/json' },
      body: form ? body : JSON.stringify(body),
    });
    const id = response.headers.get('x-trace-id')!;
    const text = await response.text().catch(() => '(broken)');
    return { text, status: response.status, trace: await app.endedTrace(id) };
  }

  it.each([
    ['text', 'Hola'],
    ['object', 'Hola'],
    ['nested', 'Hola'],
    ['other', '{"ok":true}'],
    ['buffer', 'Hola'],
    ['stream', 'Hola'],
    ['audio', '[audio]'],
  ])('declared, answered with %s', async (how, message) => {
    const { trace } = await post(`/chat?how=${how}`);
    expect(repliesOf(trace)).toEqual([{ message, via: 'response' }]);
    expect(trace.summary).toMatchObject({ message_sent: true, response_preview: message });
  });

  it('passes a long body on unchanged, and keeps its beginning', async () => {
    const { text, trace } = await post('/chat?how=long');
    expect(text === longText()).toBe(true);
    const [{ message }] = repliesOf(trace) as [{ message: string }];
    expect(message).toMatch(/^x{1000}/);
  });

  it.each(['nothing', 'refused', 'broken'])('claims nothing for an answer that is %s', async (how) => {
    const { trace } = await post(`/chat?how=${how}`);
    expect(repliesOf(trace)).toEqual([]);
    expect(trace.summary.message_sent).toBe(false);
  });

  it('claims nothing for an answer that the client did not wait for', async () => {
    const contact = `left-${adapter}`;
    const reached = new Promise<void>((done) => (reach = done));
    const leaving = new AbortController();
    const call = fetch(`${app.url}/chat?how=slow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contactId: contact, body: 'Hi' }),
      signal: leaving.signal,
    }).catch(() => undefined);
    await reached;
    leaving.abort();
    await call;
    const trace = await app.ended(contact);
    expect(trace.status).toBe('silent');
    expect(repliesOf(trace)).toEqual([]);
  });

  it('counts the code and the response once', async () => {
    const { trace } = await post('/chat?how=code');
    expect(repliesOf(trace)).toHaveLength(2);
    expect(trace.timeline.filter((line: string) => line.includes('Sent'))).toHaveLength(1);
    expect(trace.events.filter(({ again }: any) => again)).toHaveLength(1);
  });

  it('takes the text that a function chooses, or none', async () => {
    expect(repliesOf((await post('/chosen', { say: 'Hola' })).trace)).toEqual([{ message: 'Hola', via: 'response' }]);
    expect(repliesOf((await post('/chosen', {})).trace)).toEqual([]);
  });

  it('survives a function that throws', async () => {
    const { text, trace } = await post('/wrong');
    expect(text).toBe('{"ok":true}');
    expect(repliesOf(trace)).toEqual([]);
    expect((await app.debug('/health')).self_errors).toBeGreaterThan(0);
  });

  it('reads TwiML to Twilio', async () => {
    const asked = new URLSearchParams({
      MessageSid: 'SM1',
      AccountSid: 'AC1',
      From: 'whatsapp:+34600',
      To: '+1',
      Body: 'Hi',
    });
    const { text, trace } = await post('/webhook/twilio', asked);
    expect(text).toBe(TWIML);
    expect(repliesOf(trace)).toEqual([
      { message: 'Hola & adiós', channel: 'whatsapp', provider: 'twilio', via: 'response' },
    ]);
    expect(trace.status).toBe('completed');
    asked.set('Body', 'nothing');
    expect((await post('/webhook/twilio', asked)).trace.status).toBe('silent');
  });

  it('reads a method of the Bot API to Telegram', async () => {
    const update = (text: string): unknown => ({
      update_id: 1,
      message: { message_id: 2, date: 3, text, chat: { id: 5, type: 'private' }, from: { id: 5, is_bot: false } },
    });
    const { trace } = await post('/webhook/telegram', update('Hi'));
    expect(repliesOf(trace)).toEqual([
      { message: 'Hola', channel: 'telegram', to: '5', provider: 'telegram', via: 'response' },
    ]);
    expect(trace.status).toBe('completed');
    expect((await post('/webhook/telegram', update('ok'))).trace.status).toBe('silent');
  });

  it('takes the same answer to another sender for no reply', async () => {
    const { trace } = await post('/webhook/plain', { contactId: 'c1', body: 'Hi' });
    expect(repliesOf(trace)).toEqual([]);
    expect(trace.status).toBe('silent');
  });

  it('inflates what came compressed', async () => {
    const { text, trace } = await post('/raw');
    expect(text).toBe('Hola');
    expect(repliesOf(trace)).toEqual([{ message: 'Hola', via: 'response' }]);
  });
});

describe('behind a middleware that compresses', () => {
  it('the reply is read before compression, and the bytes are the compressed ones', async () => {
    const app = await startApp({
      adapter: 'express',
      controllers: [ReplyController],
      configure: (nest) => nest.use(compress),
    });
    try {
      for (const how of ['text', 'stream']) {
        const response = await fetch(`${app.url}/chat?how=${how}`, { method: 'POST' });
        expect(response.headers.get('content-encoding')).toBe('gzip');
        expect(await response.text()).toBe('Hola');
        const trace = await app.endedTrace(response.headers.get('x-trace-id')!);
        expect(repliesOf(trace)).toEqual([{ message: 'Hola', via: 'response' }]);
      }
    } finally {
      await app.close();
    }
  });
});

/** As the package `compression` does: wraps `write` and `end`, and sends compressed bytes through the inner ones. */
function compress(request: any, response: any, next: () => void): void {
  // The stream of `/debug` must not be kept back.
  if (!request.originalUrl.startsWith('/chat')) return next();
  const { write, end } = response;
  const chunks: Buffer[] = [];
  response.write = (chunk: Buffer | string) => (chunks.push(Buffer.from(chunk)), true);
  response.end = (chunk?: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string));
    response.removeHeader('content-length');
    response.setHeader('content-encoding', 'gzip');
    const bytes = gzipSync(Buffer.concat(chunks));
    write.call(response, bytes);
    return end.call(response);
  };
  next();
}
