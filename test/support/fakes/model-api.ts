import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { replyIn, type FakeAnswer, type FakeFormat, type FakeQuestion } from './model-formats.js';
import { CHAT, EMBEDDINGS, RESPONSES } from './openai-formats.js';
import { COHERE, CONVERSE, GEMINI, INVOKE, MESSAGES, OLLAMA } from './provider-formats.js';

export type { FakeAnswer } from './model-formats.js';

/** How the fake sends an answer. */
export interface FakeSending {
  /** `gzip` or `br`. */
  encoding?: 'gzip' | 'br';
  /** Called before each part; a part is sent when it resolves. */
  before?: (index: number) => Promise<void> | void;
  /** Number of parts after which the connection is broken. */
  breakAfter?: number;
  /** Headers of the response. */
  headers?: Record<string, string>;
}

type Answering = FakeAnswer & FakeSending;

/** A call that the fake received. */
export interface ReceivedCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

const FORMATS: readonly FakeFormat[] = [
  CHAT,
  RESPONSES,
  EMBEDDINGS,
  MESSAGES,
  GEMINI,
  COHERE,
  CONVERSE,
  INVOKE,
  OLLAMA,
];

/**
 * A local server with the APIs of all providers, by path: put its `url` in the place of the provider's host. Cohere's,
 * Ollama's and Anthropic's paths may have `/cohere`, `/ollama`, `/anthropic` in front, by which dialects recognise them.
 *
 * @example
 * const fake = await FakeModelApi.start();
 * fake.answers({ error: { status: 429, code: 'rate_limit_exceeded', message: 'Slow down.' } }, { text: 'Hello' });
 * const client = new OpenAI({ apiKey: 'x', baseURL: `${fake.url}/v1` });
 */
export class FakeModelApi {
  readonly calls: ReceivedCall[] = [];
  private readonly queue: Answering[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeModelApi> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeModelApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => void fake.handle(request, response).catch(() => response.destroy()));
    return fake;
  }

  /** The next answers, one for each call. Without any, the fake says hello. */
  answers(...answers: Answering[]): void {
    this.queue.push(...answers);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = new URL(request.url ?? '/', this.url).pathname;
    const body = (chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {}) as Record<string, unknown>;
    this.calls.push({ path, headers: request.headers, body });
    const format = FORMATS.find((one) => one.match(path));
    if (!format) return void response.writeHead(404).end();
    const answer = this.queue.shift() ?? {};
    const reply = replyIn(format, answer, questionOf(path, body));
    const headers = {
      'content-type': reply.type,
      ...(answer.encoding && { 'content-encoding': answer.encoding }),
      ...answer.headers,
    };
    response.writeHead(answer.error?.status ?? 200, headers);
    const parts = answer.encoding ? [compress(answer.encoding, reply.parts)] : reply.parts;
    for (const [index, part] of parts.entries()) {
      if (index === answer.breakAfter) return void response.destroy();
      await answer.before?.(index);
      response.write(part);
    }
    response.end();
  }
}

function compress(encoding: 'gzip' | 'br', parts: (string | Buffer)[]): Buffer {
  const whole = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return encoding === 'gzip' ? gzipSync(whole) : brotliCompressSync(whole);
}

function questionOf(path: string, body: Record<string, unknown>): FakeQuestion {
  const inPath = /\/(?:models?|deployments)\/([^/:]+)/.exec(path)?.[1];
  const model = typeof body.model === 'string' ? body.model : inPath && decodeURIComponent(inPath);
  // Ollama streams unless the request says `false`; Gemini and Bedrock have a path of its own for it.
  const stream = body.stream ?? (path.endsWith('/api/chat') || /[Ss]tream(?:GenerateContent)?$/.test(path));
  return { path, model: model ?? 'fake-model', stream: stream === true, body };
}
