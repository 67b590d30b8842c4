import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeSpans, type DecodedSpan } from './otlp-decode.js';

/** What a receiver answers; `undefined`: it takes the spans. */
export type Answer =
  | {
      status: number;
      headers?: Record<string, string>;
      body?: Buffer;
      afterMs?: number;
      /** Writes the answer itself: one that trickles, never ends or is cut off. */
      write?: (response: ServerResponse) => void;
    }
  | undefined;

/** A receiver of OTLP that decodes what it gets. */
export class OtlpReceiver {
  /** Spans that it took, in order. */
  readonly spans: DecodedSpan[] = [];
  readonly requests: { headers: IncomingMessage['headers']; spans: number; status: number; at: number }[] = [];
  answer: (spans: DecodedSpan[]) => Answer = () => undefined;
  private server: Server | undefined;
  port = 0;
  private waiting: (() => void)[] = [];

  async listen(): Promise<this> {
    const server = createServer((request, response) => void this.take(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** Resolves when the check is true, which is looked at after every request. */
  async until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Spans that came more than once. */
  get doubled(): string[] {
    const seen = new Map<string, number>();
    for (const { traceId, spanId } of this.spans) {
      const id = `${traceId}-${spanId}`;
      seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    return [...seen].filter(([, count]) => count > 1).map(([id]) => id);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const spans = decodeSpans(request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw);
    const answer = this.answer(spans);
    const status = answer?.status ?? 200;
    if (answer?.afterMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.afterMs));
    if (status === 200) this.spans.push(...spans);
    this.requests.push({ headers: request.headers, spans: spans.length, status, at: Date.now() });
    if (answer?.write) answer.write(response);
    else {
      response.writeHead(status, { 'content-type': 'application/x-protobuf', ...answer?.headers });
      response.end(answer?.body);
    }
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
