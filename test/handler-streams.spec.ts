import { once } from 'node:events';
import http from 'node:http';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import { Traced, traceEvent } from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';

/** Parts of a stream. Each waits for a turn of the event loop; the third may be slow, fail or wait for `left`. */
async function* parts(mode: string): AsyncGenerator<string> {
  for (let n = 1; n <= 5; n += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (n === 3 && mode === 'breaks') throw new Error('model went away');
    // Longer than the quiet time after which a trace with nothing open ends.
    if (n === 3 && mode === 'slow') await delay(150);
    if (n === 3 && mode === 'left') await new Promise<void>((resolve) => (StreamsController.left = resolve));
    yield `part ${n};`;
  }
  traceEvent('produced');
}

/** The stream of an SDK: an object with `Symbol.asyncIterator`, and no generator. */
class Chunks implements AsyncIterable<string> {
  constructor(private readonly mode: string) {}
  [Symbol.asyncIterator]() {
    return parts(this.mode);
  }
}

function webStream(mode: string): ReadableStream {
  const source = parts(mode);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(Buffer.from(value));
    },
    cancel: () => StreamsController.left(),
  });
}

/** The part of the result of `streamText` in AI SDK 7 that is read: getters that read branches of `baseStream`. */
class AiResult {
  private baseStream: ReadableStream<{ part: { type: string; text?: string; error?: unknown } }>;

  constructor(mode: string) {
    const source = parts(mode);
    this.baseStream = new ReadableStream({
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done) controller.close();
          else controller.enqueue({ part: { type: 'text-delta', text: value } });
        } catch (error) {
          controller.enqueue({ part: { type: 'error', error } });
          controller.close();
        }
      },
    });
  }

  get fullStream(): ReadableStream<{ type: string; text?: string }> {
    const [mine, rest] = this.baseStream.tee();
    this.baseStream = rest;
    return mine.pipeThrough(new TransformStream({ transform: ({ part }, out) => out.enqueue(part) })) as ReadableStream;
  }
}

/** Node's response, under Express's and Fastify's. */
type AnyResponse = http.ServerResponse & { raw?: http.ServerResponse };

@Controller('webhook')
class StreamsController {
  static left: () => void = () => undefined;
  static returned: object[] = [];

  /** Fastify sends what these return. */
  @Post('readable/:mode')
  readable(@Param('mode') mode: string): Readable {
    return keep(Readable.from(parts(mode)));
  }

  @Post('web/:mode')
  @Header('content-type', 'text/plain')
  web(@Param('mode') mode: string): ReadableStream {
    return keep(webStream(mode));
  }

  @Post('response/:mode')
  response(@Param('mode') mode: string): Response {
    return keep(new Response(webStream(mode) as never, { headers: { 'content-type': 'text/plain' } }));
  }

  @Post('traced/:mode')
  @Traced('answer')
  async traced(@Param('mode') mode: string): Promise<Readable> {
    return keep(Readable.from(parts(mode)));
  }

  /** These respond first, and continue to read their result. */
  @Post('chunks/:mode')
  chunks(@Param('mode') mode: string, @Res() response: AnyResponse): object {
    const stream = new Chunks(mode);
    return readOn(stream, stream, response);
  }

  @Post('generator/:mode')
  generator(@Param('mode') mode: string, @Res() response: AnyResponse): object {
    const stream = parts(mode);
    return readOn(stream, stream, response);
  }

  @Post('held/:mode')
  held(@Param('mode') mode: string, @Res() response: AnyResponse): object {
    const stream = new Chunks(mode);
    return readOn({ stream, model: 'm' }, stream, response);
  }

  @Post('ai/:mode')
  ai(@Param('mode') mode: string, @Res() response: AnyResponse): object {
    const result = new AiResult(mode);
    // Its getter is read after it was returned.
    return readOn(result, undefined, response);
  }

  /** A stream that is converted to JSON, or that has no reader. */
  @Get('unread')
  unread(): object {
    return { stream: new Chunks('whole'), id: 7 };
  }
}

function keep<T extends object>(value: T): T {
  StreamsController.returned.push(value);
  return value;
}

/** Responds to the client, and reads the stream that `value` holds in the next turn, once Nest has the value. */
function readOn(value: object, stream: AsyncIterable<string> | undefined, response: AnyResponse): object {
  (response.raw ?? response).end('ok');
  setImmediate(
    () =>
      void (async () => {
        try {
          for await (const part of stream ?? (value as AiResult).fullStream) if (part === 'part 2;') traceEvent('half');
        } catch {
          traceEvent('reader_failed');
        }
      })(),
  );
  return keep(value);
}

const RETURNED = ['readable', 'web', 'response', 'traced'];
const READ_ON = ['chunks', 'generator', 'held', 'ai'];
const WHOLE = [1, 2, 3, 4, 5].map((n) => `part ${n};`).join('');
const types = (trace: any): string[] => trace.events.map(({ type }: any) => type);

describe.each(ADAPTERS)('a handler on %s that returns a stream', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [StreamsController] });
  });
  afterAll(() => app.close());

  const send = async (path: string, contactId: string) => {
    const response = await app.post(`/webhook/${path}`, { contactId, body: 'x' });
    const text = await response.text().catch(() => 'broken');
    return { response, text, trace: await app.ended(contactId) };
  };

  it.each(READ_ON)('holds its trace open until the handler has read it (%s)', async (kind) => {
    const { text, trace } = await send(`${kind}/slow`, `${kind}-slow`);
    expect(text).toBe('ok');
    expect(trace).toMatchObject({ status: 'completed', errors: [] });
    expect(trace.duration_ms).toBeGreaterThanOrEqual(145);
    expect(types(trace)).toContain('produced');
    expect(trace.debug_hints.join()).not.toContain('late');
  });

  it.each(READ_ON)('has one error of the handler where it breaks (%s)', async (kind) => {
    const { trace } = await send(`${kind}/breaks`, `${kind}-breaks`);
    expect(trace.status).toBe('error');
    expect(trace.errors).toMatchObject([
      { location: `StreamsController.${kind}`, message: 'model went away', after_response: true },
    ]);
  });

  it('is not held open by a stream without a reader', async () => {
    const response = await fetch(`${app.url}/webhook/unread?contactId=unread`);
    expect(await response.text()).toBe('{"stream":{"mode":"whole"},"id":7}');
    const trace = await app.ended('unread');
    expect(trace).toMatchObject({ status: 'completed', errors: [] });
  });

  if (adapter === 'fastify') {
    it.each(RETURNED)('sends it unchanged, and records the work of its producer (%s)', async (kind) => {
      const { text, trace } = await send(`${kind}/whole`, `${kind}-sent`);
      expect(text).toBe(WHOLE);
      expect(trace).toMatchObject({ status: 'completed', errors: [] });
      expect(types(trace)).toContain('produced');
    });

    it.each(RETURNED)('has one error of the handler where it breaks (%s)', async (kind) => {
      const { trace } = await send(`${kind}/breaks`, `${kind}-broke`);
      expect(trace.status).toBe('error');
      expect(trace.errors.map(({ message }: any) => message)).toEqual(['model went away']);
      expect(trace.errors[0].location).toBe(kind === 'traced' ? 'answer' : `StreamsController.${kind}`);
    });

    it.each(RETURNED)('is cancelled where the client leaves it (%s)', async (kind) => {
      const request = http.request(`${app.url}/webhook/${kind}/left`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      request.on('error', () => undefined);
      request.end(JSON.stringify({ contactId: `${kind}-left` }));
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      for await (const part of response) if (String(part).includes('part 2')) break;
      request.destroy();
      StreamsController.left();
      const trace = await app.ended(`${kind}-left`);
      expect(trace).toMatchObject({ status: 'cancelled', errors: [] });
    });
  }

  it('returns no visible proxy', () => {
    for (const value of StreamsController.returned.splice(0)) {
      const covers = Object.keys(value).filter((key) => typeof (value as any)[key] === 'function');
      expect(covers.filter((key) => key !== '_read' && key !== '_destroy' && key !== 'read')).toEqual([]);
    }
  });

  it('records no internal failure', async () => {
    expect(await app.debug('/health')).toMatchObject({ status: 'ok', self_errors: 0 });
  });
});
