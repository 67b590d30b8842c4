import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Body, Controller, HttpCode, Logger, Post } from '@nestjs/common';
import { startApp, type RunningApp } from './support/nest-app.js';

/** Secrets by their place: none of the marks may be found again. */
const SECRETS: Record<string, string> = {};

function secret(place: string, before = '', after = ''): string {
  const mark = (SECRETS[place] ??= `cafe${String(Object.keys(SECRETS).length).padStart(12, '0')}`);
  return `${before}${mark}${after}`;
}

/** Texts of a conversation: kept, unless `redact.content` is `none`. */
const TEXTS = {
  prompt: 'PromptPineapple about kitchens',
  answer: 'AnswerApricot about ovens',
  reply: 'ReplyRaspberry about tables',
  line: 'LogLemon about chairs',
  refusal: 'RefusalRhubarb about doors',
};

const bot = secret('path of a bot', '123456789:AAE', '-ABCDEFGHIJKLMNOPQRSTUV');

/** Fake of a model API, of WhatsApp and of an API of no dialect. Answers with secrets in headers and bodies. */
function fake(): Server {
  return createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const path = request.url ?? '';
      const body = path.includes('completions')
        ? {
            id: 'chatcmpl-1',
            object: 'chat.completion',
            model: 'gpt-5-mini',
            choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: TEXTS.answer } }],
            usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
            api_key: secret('response body', 'sk-proj-', 'ABCDEFGHIJKLMNOPQRST'),
          }
        : path.includes('/messages')
          ? {
              error: {
                code: 131030,
                message: `${TEXTS.refusal}, access_token=${secret('error of a provider', 'EAAG', 'ZDZDABCDEFGHIJK')}`,
              },
            }
          : { password: secret('response of an unknown API') };
      response.writeHead(path.includes('/messages') ? 400 : 200, {
        'content-type': 'application/json',
        'set-cookie': `sid=${secret('response cookie')}`,
        'x-request-id': 'req_1',
        'x-auth-token': secret('response header'),
      });
      response.end(JSON.stringify(body));
    });
  });
}

/** A logger of the application that prints nowhere. */
const nothing = (): void => undefined;
const QUIET = { log: nothing, warn: nothing, error: nothing, debug: nothing, verbose: nothing, fatal: nothing };

let origin = '';

@Controller('webhook')
class OutgoingController {
  private readonly logger = new Logger('Outgoing');

  @Post('outgoing')
  @HttpCode(200)
  async receive(@Body() _body: unknown): Promise<string> {
    await (
      await fetch(`${origin}/v1/chat/completions?key=${secret('query of a key')}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secret('authorization', 'sk-', 'ABCDEFGHIJKLMNOPQRSTUVWX')}`,
          'x-api-key': secret('x-api-key'),
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          model: 'gpt-5-mini',
          user_token: secret('request body'),
          messages: [
            { role: 'system', content: `password: ${secret('system prompt')}` },
            { role: 'user', content: TEXTS.prompt },
          ],
        }),
      })
    ).text();
    await (
      await fetch(
        `${origin}/v21.0/1065403522/messages?access_token=${secret('query of Meta', 'EAAG', 'ZDZDABCDEFGHIJK')}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            messaging_product: 'whatsapp',
            to: '5215512344821',
            type: 'text',
            text: { body: TEXTS.reply },
          }),
        },
      )
    ).text();
    await (await fetch(`${origin}/bot${bot}/sendMessage`, { method: 'POST', body: '{"chat_id":1,"text":"x"}' })).text();
    await new Promise<void>((resolve, reject) => {
      const call = httpRequest(
        `${origin}/crm?client_secret=${secret('query of node:http')}&next=${encodeURIComponent(`https://ana:${secret('user of a URL')}@x.y/`)}`,
        { method: 'PUT', headers: { cookie: `sid=${secret('request cookie')}`, 'content-type': 'application/json' } },
        (response) => response.resume().on('end', resolve),
      );
      call.on('error', reject).end(JSON.stringify({ client_secret: secret('body of node:http') }));
    });
    this.logger.warn(
      `${TEXTS.line}: Authorization: Bearer ${secret('log line', 'eyJhbGciOiJIUzI1NiJ9.', '.c2lnbmF0dXJl')}`,
    );
    this.logger.error({ message: 'no', apiKey: secret('logged object') });
    this.logger.error(new Error(`token=${secret('logged error')}`));
    return 'ok';
  }
}

const contents = (dir: string): string =>
  readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe.each(['full', 'none'] as const)('outgoing calls and log lines, with content %s', (content) => {
  const server = fake();
  let app: RunningApp;
  let written: string;
  let answers: string;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = await startApp({
      controllers: [OutgoingController],
      nest: { logger: QUIET },
      options: { redact: { content }, capture: { outgoing: { bodies: 'all' }, logs: 'log' } },
    });
    const stream = await app.stream();
    await app.post('/webhook/outgoing', { contactId: 'ana', body: 'hola' });
    await stream.until(({ type }) => type === 'trace.ended');
    const { traces } = await app.debug('/traces');
    const id = encodeURIComponent(traces[0].trace_id);
    const paths = [
      '/traces',
      '/stats',
      `/trace/${id}`,
      `/trace/${id}/export?format=md`,
      `/trace/${id}/export?format=html`,
    ];
    answers = (await Promise.all(paths.map(async (path) => (await fetch(`${app.url}/debug${path}`)).text()))).join(
      '\n',
    );
    answers += JSON.stringify(stream.messages);
    stream.close();
    written = contents(app.dir);
  });
  afterAll(async () => {
    await app.close();
    server.close();
    server.closeAllConnections();
  });

  const found = (text: string): string[] => Object.keys(SECRETS).filter((place) => text.includes(SECRETS[place]!));

  it('reached every place', () => {
    expect(Object.keys(SECRETS).length).toBeGreaterThan(15);
    for (const part of [
      'chat/completions',
      '/messages',
      'sendMessage',
      '/crm',
      'gpt-5-mini',
      '"llm"',
      '"http"',
      '"log"',
    ])
      expect([part, written.includes(part)]).toEqual([part, true]);
  });

  it('has no secret in the files', () => expect(found(written)).toEqual([]));

  it('has no secret in an answer', () => expect(found(answers)).toEqual([]));

  it(content === 'full' ? 'keeps the texts' : 'keeps no text, only shapes and sizes', () => {
    const kept = Object.entries(TEXTS).filter(([, text]) => written.includes(text) || answers.includes(text));
    expect(kept.map(([name]) => name)).toEqual(content === 'full' ? Object.keys(TEXTS) : []);
    expect(answers).toMatch(/"http\.response\.status_code":\s?400/);
    expect(answers).toMatch(/"input_tokens":\s?9/);
  });
});
