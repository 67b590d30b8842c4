import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { clearTimeout, setTimeout, wallNow } from '../model/timers.js';

/** An answer of the receiver. */
export interface OtlpAnswer {
  readonly status: number;
  /** Milliseconds that the receiver asks to wait; `undefined`: it does not say. */
  readonly retryAfterMs: number | undefined;
  readonly contentType: string;
  /** Empty where it has a flaw. */
  readonly body: Buffer;
  /** Why the body could not be read to its end: `was cut off`; `undefined`: it was. */
  readonly flaw: string | undefined;
}

/** Bytes of an answer that are read. */
const MAX_ANSWER = 64 * 1024;

/** The receiver did not begin its answer in time. It may have taken the request. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

/** A connection to one receiver, kept open between requests. Follows no redirect. */
export class OtlpConnection {
  private readonly url: URL;
  private readonly agent: HttpAgent;

  constructor(
    url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.url = new URL(url);
    const options = { keepAlive: true, maxSockets: 1 };
    this.agent = this.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * Sends one body. The status decides what became of it: an answer whose body does not end in time, or is cut off, counts as one
   * without a body, as in OpenTelemetry's own exporters. So a request that was taken is not sent again.
   *
   * Rejects with the failure of the connection, and with `NoAnswerError` when no answer begins in time.
   *
   * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/experimental/packages/otlp-exporter-base/src/transport/http-transport-utils.ts
   */
  post(body: Buffer, encoding: string | undefined, timeoutMs: number): Promise<OtlpAnswer> {
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
      let late = (): void => void request.destroy(new NoAnswerError(`no answer within ${timeoutMs} ms`));
      let failed = (error: Error): void => {
        clearTimeout(timer);
        reject(error);
      };
      const timer = setTimeout(() => late(), timeoutMs);
      request.on('error', (error) => failed(error));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        let isSettled = false;
        const settle = (flaw?: string): void => {
          if (isSettled) return;
          isSettled = true;
          clearTimeout(timer);
          resolve(answerOf(response, flaw === undefined ? Buffer.concat(chunks) : NO_BODY, flaw));
          if (flaw !== undefined) request.destroy();
        };
        late = () => settle(`did not end within ${timeoutMs} ms`);
        failed = () => settle('was cut off');
        response.on('error', () => settle('was cut off'));
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length <= MAX_ANSWER) chunks.push(chunk);
          else settle(`has more than ${MAX_ANSWER} bytes`);
        });
        response.on('end', () => settle());
        response.on('close', () => settle('was cut off'));
      });
      request.end(body);
    });
  }

  /** Closes the connection. */
  end(): void {
    this.agent.destroy();
  }
}

const NO_BODY = Buffer.alloc(0);

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: Buffer, flaw: string | undefined): OtlpAnswer {
  return {
    status: statusCode,
    retryAfterMs: retryAfter(headers['retry-after']),
    contentType: headers['content-type'] ?? '',
    body,
    flaw,
  };
}

/** Milliseconds of a `Retry-After` in seconds or as a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - wallNow();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
