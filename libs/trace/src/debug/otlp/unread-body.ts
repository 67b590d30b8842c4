import type { IncomingMessage } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { installBeforeAll } from '../http/before-all.js';
import { isBelow, plainPath } from '../http/plain-path.js';

/** Headers by which parsers see that a request has a body. */
const BODY_HEADERS = ['content-type', 'content-length', 'content-encoding', 'transfer-encoding'] as const;

/** What the hidden headers of a request were. */
export type BodyHeaders = Partial<Record<(typeof BODY_HEADERS)[number], string>>;

const hidden = new WeakMap<IncomingMessage, BodyHeaders>();

/**
 * Hides the body of requests to the receiver of spans from the application's parsers: they refuse protobuf, or more than
 * 100 KB. The body stays in the socket until access is checked.
 *
 * @param base the path of the debug routes, global prefix included; asked at the first request, when it is settled
 */
export function hideBodies(adapter: HttpServer, base: () => string): void {
  let settled: string | undefined;
  installBeforeAll(adapter, (request) => {
    if (request.method === 'POST') hideBody(request, (settled ??= plainPath(base())));
  });
}

function hideBody(request: IncomingMessage, base: string): void {
  const { url = '/', headers } = request;
  // On Fastify this runs twice.
  if (hidden.has(request) || !url.includes('otlp') || !isBelow(plainPath(url), `${base === '/' ? '' : base}/otlp`))
    return;
  const found: BodyHeaders = {};
  for (const name of BODY_HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    found[name] = value;
    // A site's form is still seen as one.
    if (name !== 'content-type' || !/^\s*(?:application\/x-www-form|multipart|text)/i.test(value)) delete headers[name];
  }
  hidden.set(request, found);
}

/** The headers of a request's body, hidden or not. */
export function bodyHeaders(request: IncomingMessage): BodyHeaders {
  return hidden.get(request) ?? (request.headers as BodyHeaders);
}
