import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Body, Controller, Post, Req, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { currentTrace, traceEvent } from 'nestjs-trace-collector';
import { ADAPTERS, type AppParts, type RunningApp, startApp } from './support/nest-app.js';

// A dependency of Nest, which has no types here.
const express: any = createRequire(import.meta.url)('express');
const INJECT = fileURLToPath(new URL('./support/inject.program.mjs', import.meta.url));
const SECRET = 'shared with the sender';
const sign = (bytes: Buffer): string => createHmac('sha256', SECRET).update(bytes).digest('hex');

@Controller('webhook')
class HostController {
  @Post()
  receive(@Body() body: { contactId?: string } | undefined) {
    traceEvent('seen', { contact: body?.contactId });
    return { contact: currentTrace()?.contactId };
  }

  @Post('signed')
  signed(@Req() request: { rawBody: Buffer }) {
    return { bytes: request.rawBody.length, signature: sign(request.rawBody) };
  }

  @Post('upload')
  @UseInterceptors(FileInterceptor('file'))
  upload(@UploadedFile() file: { size: number }, @Body() body: { contactId: string }) {
    traceEvent('uploaded', { size: file.size });
    return { contact: body.contactId };
  }
}

async function withApp(parts: AppParts, use: (app: RunningApp) => Promise<void>): Promise<void> {
  const app = await startApp({ controllers: [HostController], ...parts });
  try {
    await use(app);
  } finally {
    await app.close();
  }
}

const answerOf = async (response: Response): Promise<any> => response.json();

describe.each(ADAPTERS)('an application on %s', (adapter) => {
  it('rawBody: the bytes for the signature check arrive unchanged', () =>
    withApp({ adapter, nest: { rawBody: true } }, async (app) => {
      const bytes = Buffer.from(
        '{ "contactId":"raw-1",\r\n  "body" : "¡Hola! \\ud83d\\ude00 😀", "n":1.0, "token":"s3cret" }',
      );
      const response = await fetch(`${app.url}/webhook/signed`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bytes,
      });
      expect(await answerOf(response)).toEqual({ bytes: bytes.length, signature: sign(bytes) });
      expect((await app.ended('raw-1')).webhook_message).toBe('¡Hola! 😀 😀');
    }));

  it('two applications in a process keep their own traces', () =>
    withApp({ adapter }, (first) =>
      withApp({ adapter }, async (second) => {
        await Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 ? first : second).post('/webhook', { contactId: `two-${n}` })),
        );
        await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? first : second).ended(`two-${n}`)));
        const contacts = async (app: RunningApp): Promise<string[]> =>
          (await app.debug('/traces')).traces.map((trace: any) => trace.contact_id).sort();
        expect(await contacts(first)).toEqual(['two-1', 'two-3', 'two-5', 'two-7', 'two-9']);
        expect(await contacts(second)).toEqual(['two-0', 'two-2', 'two-4', 'two-6', 'two-8']);
      }),
    ));

  it('keeps pipelined requests of one connection apart', () =>
    withApp({ adapter }, async (app) => {
      const contacts = ['pipe-1', 'pipe-2', 'pipe-3', 'pipe-4'];
      const requests = contacts.map((contactId, n) => {
        const body = JSON.stringify({ contactId });
        const last = n === contacts.length - 1 ? 'connection: close\r\n' : '';
        return `POST /webhook HTTP/1.1\r\nhost: x\r\n${last}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      });
      const text = await exchange(app, requests.join(''));
      expect(text.match(/\{"contact":"pipe-\d"\}/g)).toEqual(contacts.map((contact) => `{"contact":"${contact}"}`));
      for (const contact of contacts) {
        const trace = await app.ended(contact);
        expect(trace.events.find((event: any) => event.type === 'seen').data).toEqual({ contact });
      }
    }));

  it('answers a request to upgrade, on a traced path, as without the module', () =>
    withApp({ adapter }, async (app) => {
      const text = await exchange(
        app,
        'GET /webhook HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n',
      );
      expect(text).toMatch(/^HTTP\/1.1 404/);
      expect((await app.debug('/health')).self_errors).toBe(0);
    }));

  it('a request with no body, an empty one, and a lone value leave a trace each', () =>
    withApp({ adapter }, async (app) => {
      const ids = new Set<string | null>();
      for (const body of [undefined, '', '7', '[]', '"text"', 'null']) {
        const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
        const response = await fetch(`${app.url}/webhook`, { method: 'POST', headers, body });
        ids.add(response.headers.get('x-trace-id'));
      }
      expect(ids.has(null)).toBe(false);
      expect(ids.size).toBe(6);
      expect((await app.debug('/health')).self_errors).toBe(0);
    }));
});

describe('an application on express', () => {
  it('bodyParser: false breaks nothing; an unread body names its contact where it has arrived in time', () =>
    withApp({ nest: { bodyParser: false } }, async (app) => {
      const response = await app.post('/webhook', { contactId: 'np-1' });
      expect(response.status).toBe(201);
      expect(response.headers.get('x-trace-id')).toMatch(/^(?:np-1|unknown)_/);
    }));

  it('whose instance has an earlier parser of its own', () => {
    const instance = express();
    instance.use(
      express.json({
        type: () => true,
        verify: (request: any, _response: unknown, bytes: Buffer) => (request.seen = bytes.length),
      }),
    );
    return withApp({ instance }, async (app) => {
      expect(await answerOf(await app.post('/webhook', { contactId: 'own-1' }))).toEqual({ contact: 'own-1' });
      expect((await app.ended('own-1')).status).toBe('completed');
    });
  });

  it('that parses text and bytes itself', () =>
    withApp(
      { nest: { bodyParser: false }, configure: (app) => app.use(express.raw({ type: () => true })) },
      async (app) => {
        const response = await app.post('/webhook', { contactId: 'bytes-1', body: 'hi' });
        expect(await answerOf(response)).toEqual({ contact: 'bytes-1' });
        expect((await app.ended('bytes-1')).webhook_message).toBe('hi');
      },
    ));

  it('accepts a multipart upload in the context of its trace', () =>
    withApp({}, async (app) => {
      const form = new FormData();
      form.set('contactId', 'form-1');
      form.set('file', new Blob(['x'.repeat(200_000)]), 'photo.jpg');
      const response = await fetch(`${app.url}/webhook/upload`, { method: 'POST', body: form });
      expect(await answerOf(response)).toEqual({ contact: 'form-1' });
      const trace = await app.debug(`/trace/${response.headers.get('x-trace-id')}`);
      expect(trace.events.find((event: any) => event.type === 'uploaded').data).toEqual({ size: 200_000 });
    }));
});

it('fastify: an injected request is traced like one from a socket', async () => {
  // In a separate process: Jest cannot load the module that `inject` requires.
  const { stdout } = await promisify(execFile)(process.execPath, [INJECT]);
  expect(JSON.parse(stdout)).toMatchObject({
    answer: { contact: 'inj-1' },
    id: expect.stringMatching(/^inj-1_/),
    trace: { contact_id: 'inj-1', status: 'completed', errors: [], webhook: { status_code: 201 } },
  });
});

/** All bytes that the server sends in response, until it closes. */
function exchange(app: RunningApp, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject).on('close', () => resolve(text));
  });
}
