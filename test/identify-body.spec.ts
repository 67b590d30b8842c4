import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Post, Req, UseInterceptors } from '@nestjs/common';
import { AnyFilesInterceptor } from '@nestjs/platform-express';
import { fastify as newFastify, type FastifyRequest } from 'fastify';
import { traceEvent } from 'nestjs-trace-collector';
import { type RunningApp, startApp } from './support/nest-app.js';

/** An update as Telegram sends it. */
const update = (id: number, text = 'hola') =>
  JSON.stringify({ update_id: 1, message: { message_id: 7, from: { id }, chat: { id }, text } });

@Controller('webhook')
class BodiesController {
  @Post('mail')
  @UseInterceptors(AnyFilesInterceptor())
  mail(@Body() body: unknown) {
    traceEvent('mail', body);
    return 'ok';
  }

  /** Leaves the body unread, and only waits until it has arrived in Node's buffer. */
  @Post('plain')
  async plain(@Req() request: object) {
    const { raw = request } = request as { raw?: object };
    const incoming = raw as IncomingMessage;
    while (incoming.readableLength === 0 && !incoming.complete) await nextTurn();
    return 'ok';
  }

  /**
   * Like `request.file()` of @fastify/multipart: the request gets no body.
   */
  @Post('stream')
  async stream(@Req() request: FastifyRequest) {
    request.raw.resume();
    await once(request.raw, 'end');
    return 'ok';
  }
}

type Next = () => void;
type Handler = (request: IncomingMessage & { body?: unknown }, response: ServerResponse, next: Next) => unknown;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Middlewares that read the body themselves, before Nest's parser. */
const MIDDLEWARES: Record<string, Handler> = {
  // Telegraf 4, `webhookCallback`: reads with `for await`, where `request.body` is not set.
  telegraf: async (request, response) => {
    JSON.parse(await textOf(request));
    response.end('ok');
  },
  // grammY 1, `webhookCallback(bot, 'http')`: listens for `data` and `end`.
  grammy: async (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).once('end', () => response.end('ok'));
  },
  // @slack/bolt 4, `ExpressReceiver`: reads raw bytes to check the signature, then puts the parsed body on the request.
  bolt: async (request, response) => {
    request.body = JSON.parse(await textOf(request)) as unknown;
    response.end('ok');
  },
  // Responds, and reads only then.
  late: async (request, response) => {
    response.writeHead(200).write('o');
    await textOf(request);
    traceEvent('read');
    response.end('k');
  },
};

const post = (app: RunningApp, path: string, body: any, type?: string, more: Record<string, string> = {}) =>
  fetch(app.url + path, {
    method: 'POST',
    // `fetch` sets a content type for a text, none for bytes.
    body: typeof body === 'string' ? Buffer.from(body) : body,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...more },
  });

const traceOf = (app: RunningApp, response: Response): Promise<any> =>
  app.endedTrace(response.headers.get('x-trace-id')!);

function identifies(dir: string, id: string): any[] {
  const files = readdirSync(join(dir, 'journal')).map((file) => readFileSync(join(dir, 'journal', file), 'utf8'));
  const records = files
    .flatMap((text) => text.split('\n').filter((line) => line.trim()))
    .map((line) => JSON.parse(line));
  return records.filter((record) => record.kind === 'identify' && record.id === id);
}

function form(fields: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  made.set('attachment1', new Blob([new Uint8Array(100_000)]), 'a.bin');
  return made;
}

describe('a body that no parser of Nest read, on express', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      controllers: [BodiesController],
      configure: (nest) => {
        for (const [name, handler] of Object.entries(MIDDLEWARES)) nest.use(`/webhook/${name}`, handler);
      },
    });
  });
  afterAll(() => app.close());

  it('is found where a route interceptor creates it', async () => {
    const response = await post(app, '/webhook/mail', form({ contactId: 'ana-1', text: 'Quiero una cita' }));
    expect(response.headers.get('x-trace-id')).toMatch(/^ana-1_/);
    const trace = await traceOf(app, response);
    expect(trace).toMatchObject({ contact_id: 'ana-1', webhook_message: 'Quiero una cita', status: 'completed' });
    expect(trace.webhook.body).toEqual({ contactId: 'ana-1', text: 'Quiero una cita' });
    expect(trace.webhook.handler).toBe('BodiesController.mail');
    expect(identifies(app.dir, trace.trace_id)).toHaveLength(1);
  });

  it.each([
    ['telegraf', 101],
    ['grammy', 102],
    ['bolt', 103],
  ])('is found where a middleware reads it, as in %s', async (name, id) => {
    const response = await post(app, `/webhook/${name}`, update(id), 'application/json');
    expect(response.headers.get('x-trace-id')).toMatch(new RegExp(`^${id}_`));
    const trace = await traceOf(app, response);
    expect(trace).toMatchObject({ contact_id: String(id), webhook_message: 'hola' });
    expect(trace.webhook.body).toEqual(JSON.parse(update(id)));
  });

  it('is found where it is read after the response began: the id stays, the contact changes', async () => {
    const response = await post(app, '/webhook/late', update(104), 'application/json');
    const id = response.headers.get('x-trace-id')!;
    const trace = await traceOf(app, response);
    expect(trace).toMatchObject({ trace_id: id, contact_id: '104', webhook_message: 'hola' });
    expect(trace.events.filter((event: any) => event.type === 'webhook_received')).toHaveLength(1);
    const { traces } = await app.debug('/traces?contact_id=104');
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({ trace_id: id, contact_id: '104', message: 'hola', events: trace.events.length });
    expect((await app.debug('/traces?q=hola&contact_id=104')).count).toBe(1);
    await fetch(`${app.url}/debug/contacts/104`, { method: 'DELETE' });
    expect((await app.debug(`/trace/${id}`)).code).toBe('TRACE_NOT_FOUND');
  });

  it.each([
    ['JSON as text/plain', 'text/plain; charset=UTF-8', JSON.stringify({ contactId: 'p1', message: 'Hola' }), 'p1'],
    ['JSON of its own type', 'application/vnd.x.v1+json', JSON.stringify({ contactId: 'p2', message: 'Hola' }), 'p2'],
    ['JSON without a type', undefined, JSON.stringify({ contactId: 'p3', message: 'Hola' }), 'p3'],
    ['JSON as bytes', 'application/octet-stream', JSON.stringify({ contactId: 'p4', message: 'Hola' }), 'p4'],
    ['JSON as a form', 'application/x-www-form-urlencoded', JSON.stringify({ contactId: 'p5', message: 'Hola' }), 'p5'],
    ['a form as text', 'text/plain', 'contactId=p6&message=Hola', 'p6'],
  ])('is identified and left unchanged: %s', async (_, type, body, contact) => {
    const trace = await traceOf(app, await post(app, '/webhook/plain', body, type));
    expect(trace).toMatchObject({ contact_id: contact, webhook_message: 'Hola', status: 'completed' });
    expect(trace.webhook.body).toEqual({ contactId: contact, message: 'Hola' });
  });

  it('is inflated where it is compressed', async () => {
    const zipped = gzipSync(update(105));
    const response = await post(app, '/webhook/grammy', zipped, 'application/json', { 'content-encoding': 'gzip' });
    expect(await traceOf(app, response)).toMatchObject({ contact_id: '105', webhook_message: 'hola' });
  });

  it('leaves its beginning and its length where it is no data, without secrets', async () => {
    const text = `password=hunter2 ${'ñ'.repeat(2_500)}`;
    const trace = await traceOf(app, await post(app, '/webhook/plain', text, 'text/x-log'));
    expect(trace.contact_id).toBe('unknown');
    expect(trace.webhook.body).toMatch(/^password=\[REDACTED\] ñ+$/);
    expect(Buffer.byteLength(trace.webhook.body)).toBeLessThan(1_040);
    expect(identifies(app.dir, trace.trace_id)).toMatchObject([{ unparsed: Buffer.byteLength(text) }]);
  });

  it('leaves no mark in the trace where bytes were never sent', async () => {
    const trace = await traceOf(app, await post(app, '/webhook/plain', '', 'text/plain'));
    expect(trace.webhook.body).toBeNull();
    expect(identifies(app.dir, trace.trace_id)[0]).not.toHaveProperty('unparsed');
  });
});

describe('a body that no parser of Nest read, on fastify', () => {
  let app: RunningApp;
  beforeAll(async () => {
    const instance = newFastify();
    // @fastify/multipart 9: the parser leaves the stream to the handler; with `attachFieldsToBody` a hook fills the body.
    instance.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
    instance.addHook('preValidation', async (request) => {
      if (request.url !== '/webhook/plain' || !request.headers['content-type']?.startsWith('multipart/')) return;
      request.raw.resume();
      await once(request.raw, 'end');
      const field = (fieldname: string, value: string) => ({ type: 'field', fieldname, value, fields: {} as object });
      const parts = { contactId: field('contactId', 'fm-2'), message: field('message', 'Hola') };
      parts.message.fields = parts;
      request.body = { ...parts, file: { type: 'file', fieldname: 'file', filename: 'a.bin' } };
    });
    app = await startApp({ adapter: 'fastify', instance, controllers: [BodiesController] });
  });
  afterAll(() => app.close());

  it('is found in the stream of a multipart request', async () => {
    const response = await post(app, '/webhook/stream', form({ contactId: 'fm-1', message: 'Hola' }));
    expect(response.headers.get('x-trace-id')).toMatch(/^fm-1_/);
    expect((await traceOf(app, response)).webhook.body).toEqual({ contactId: 'fm-1', message: 'Hola' });
  });

  it('is found where a hook attaches the fields as objects', async () => {
    const response = await post(app, '/webhook/plain', form({ contactId: 'fm-2', message: 'Hola' }));
    const trace = await traceOf(app, response);
    expect(trace).toMatchObject({ contact_id: 'fm-2', webhook_message: 'Hola' });
    expect(trace.webhook.body).toEqual({ contactId: 'fm-2', message: 'Hola' });
  });

  it('is identified and left unchanged: JSON as text/plain', async () => {
    const body = JSON.stringify({ contactId: 'fp-1', message: 'Hola' });
    expect(await traceOf(app, await post(app, '/webhook/plain', body, 'text/plain'))).toMatchObject({
      contact_id: 'fp-1',
      webhook_message: 'Hola',
    });
  });
});
