import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** A request to a fake, its body parsed. */
export interface FakeRequest {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

/** Answers a request of a fake. */
export type FakeHandler = (request: FakeRequest, response: ServerResponse) => void | Promise<void>;

/** A small HTTP API on a free port of this machine, in the place of a provider: the example works offline. */
export class FakeApi {
  private constructor(
    private readonly server: Server,
    /** Origin, such as `http://127.0.0.1:40123`. */
    readonly url: string,
  ) {}

  static async start(handler: FakeHandler): Promise<FakeApi> {
    const server = createServer((request, response) => {
      void read(request)
        .then((body) => handler({ method: request.method ?? 'GET', path: request.url ?? '/', body }, response))
        .catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Sends JSON as the whole answer. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
