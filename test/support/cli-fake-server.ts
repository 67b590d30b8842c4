import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANSWERS } from './cli-answers.js';

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers by the contract, with responses that a test may replace. */
export class FakeServer {
  readonly seen: Seen[] = [];
  /** Responses by `METHOD /path` below the base; the query is ignored. */
  readonly routes = new Map<string, Handler>();
  private server: Server | undefined;
  port = 0;

  constructor(
    private readonly base = '/debug',
    private readonly token?: string,
  ) {
    for (const [route, answer] of Object.entries(ANSWERS)) this.routes.set(route, json(200, answer));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** On its previous port, if it had one: a restart. */
  async start(): Promise<this> {
    const server = createServer((request, response) => this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  on(route: string, handler: Handler): this {
    this.routes.set(route, handler);
    return this;
  }

  /** Serves an event stream on `/stream`; `opened` runs for each client. */
  stream(opened: (send: (text: string) => void, request: IncomingMessage, nth: number, end: () => void) => void): this {
    let nth = 0;
    return this.on('GET /stream', (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      nth += 1;
      opened(
        (text) => response.write(text),
        request,
        nth,
        () => response.end(),
      );
    });
  }

  /** Answers a request, also one that another server received. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    this.seen.push({ method: request.method ?? '', url, headers: request.headers });
    if (this.token && request.headers.authorization !== `Bearer ${this.token}`) {
      return json(401, nestError(401, 'ACCESS_DENIED', 'The token is missing or wrong'))(request, response);
    }
    const path = new URL(url, 'http://x').pathname;
    const handler = path.startsWith(this.base)
      ? this.routes.get(`${request.method} ${path.slice(this.base.length)}`)
      : undefined;
    if (handler) return handler(request, response);
    return json(404, { message: `Cannot ${request.method} ${path}`, error: 'Not Found', statusCode: 404 })(
      request,
      response,
    );
  }
}

export function json(status: number, body: unknown): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  };
}

/** An error as the debug routes send it. */
export function nestError(statusCode: number, code: string, message: string): object {
  return { statusCode, code, message, error: 'Some Error' };
}
