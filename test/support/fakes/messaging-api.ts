import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of a provider. An object is sent as JSON. */
export interface ProviderAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request that the fake received. */
export interface ReceivedCall {
  method: string;
  path: string;
  body: string;
}

/** A provider of messages on a port of its own: answers what the test queued, else as the real API does when it accepts. */
export class FakeMessagingApi {
  readonly received: ReceivedCall[] = [];
  private readonly queued: ProviderAnswer[] = [];
  private sent = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { method: request.method!, path: request.url!, body: await read(request) };
    this.received.push(call);
    const { status = 200, body: answer, headers } = this.queued.shift() ?? this.accept(call);
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer ?? {});
    const type = typeof answer === 'string' ? 'text/plain' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
  }

  static async start(): Promise<FakeMessagingApi> {
    const fake = new FakeMessagingApi();
    await new Promise<void>((done) => fake.server.listen(0, '127.0.0.1', done));
    return fake;
  }

  /** Address of a path of the API. */
  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The next call gets this answer. */
  answer(...answers: ProviderAnswer[]): void {
    this.queued.push(...answers);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private accept({ path }: ReceivedCall): ProviderAnswer {
    this.sent += 1;
    if (path.includes('/bot')) return { body: { ok: true, result: { message_id: this.sent } } };
    if (path.includes('/Accounts/'))
      return { status: 201, body: { sid: `SM${this.sent}`, status: 'queued', error_code: null } };
    if (path.includes('/api/chat.')) return { body: { ok: true, channel: 'C1', ts: `${this.sent}.5` } };
    if (path.includes('/v3/mail/send')) return { status: 202, body: '', headers: { 'x-message-id': `sg${this.sent}` } };
    return { body: { messaging_product: 'whatsapp', messages: [{ id: `wamid.${this.sent}` }] } };
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
