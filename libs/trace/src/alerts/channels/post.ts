import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { clearTimeout, setTimeout, wallNow } from '../../model/timers.js';

/** The server answered, but not with 2xx. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** Milliseconds that the server asks to wait; `undefined`: it does not say. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(`the server answered ${status}`);
  }
}

/**
 * Sends a `POST` on a connection of its own. Follows no redirect, and reads nothing of the answer but its head. Rejects
 * with `Refused`, or with the failure of the connection.
 */
export function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'nestjs-trace-collector',
        ...headers,
        'content-length': bytes.length,
      },
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    // An application that ends does not wait for this.
    timer.unref();
    request.on('socket', (socket) => socket.unref());
    request.on('response', (response) => {
      clearTimeout(timer);
      const { statusCode = 0, headers: answered } = response;
      response.on('error', () => undefined);
      response.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Refused(statusCode, retryAfter(answered['retry-after'])));
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(bytes);
  });
}

/** Milliseconds of a `Retry-After` in seconds or as a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - wallNow();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
