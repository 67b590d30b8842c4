import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { clearTimeout, setTimeout, wallNow } from '../model/timers.js';

/** An answer of the receiver. */
export interface OtlpAnswer {
  readonly status: number;
  /** Milliseconds that the receiver asks to wait; `undefined`: it does not say. */
  readonly retryAfterMs: number | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

/** OpenTelemetry's default for exporters. */
const TIMEOUT_MS = 10_000;
/** Bytes of an answer that are read. */
const MAX_ANSWER = 64 * 1024;

/** A connection to one receiver, kept open between requests. Follows no redirect. */
export class OtlpConnection {
  private readonly url: URL;
  private readonly agent: HttpAgent;

  constructor(
    url: string,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.url = new URL(url);
    const options = { keepAlive: true, maxSockets: 1 };
    this.agent = this.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Sends one body. Rejects with the failure of the connection, and when no answer comes in time. */
  post(body: Buffer, encoding: string | undefined): Promise<OtlpAnswer> {
    return new Promise((resolve, reject) => {
      const send = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(this.url, {
        method: 'POST',
        agent: this.agent,
        headers: {
          'user-agent': 'nestjs-trace-collector',
          ...this.headers,
          'content-type': 'application/x-protobuf',
          ...(encoding !== undefined && { 'content-encoding': encoding }),
          'content-length': body.length,
        },
      });
      const late = (): void => void request.destroy(new Error(`no answer within ${this.timeoutMs} ms`));
      const timer = setTimeout(late, this.timeoutMs);
      const failed = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      request.on('error', failed);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('error', failed);
        response.on('data', (chunk: Buffer) => {
          if (length < MAX_ANSWER) chunks.push(chunk);
          length += chunk.length;
        });
        response.on('end', () => {
          clearTimeout(timer);
          const { statusCode: status = 0, headers } = response;
          resolve({
            status,
            retryAfterMs: retryAfter(headers['retry-after']),
            contentType: headers['content-type'] ?? '',
            body: Buffer.concat(chunks),
          });
        });
        response.on('close', () => failed(new Error('the answer was cut off')));
      });
      request.end(body);
    });
  }

  /** Closes the connection. */
  end(): void {
    this.agent.destroy();
  }
}

/** Milliseconds of a `Retry-After` in seconds or as a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - wallNow();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
