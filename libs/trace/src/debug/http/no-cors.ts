import type { ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { installBeforeAll } from './before-all.js';
import { isCorsHeader } from './http-types.js';
import { leadsBelow, plainPath } from './plain-path.js';

/**
 * Removes the CORS headers of the application from every response below `base`. Its CORS middleware answers preflights
 * before any route of ours runs, so this hooks into the adapter. It compares the path that a router, or a proxy before it,
 * could read from the request's target (see `plainPath`).
 *
 * @param base the path of the debug routes, global prefix included; asked at the first request, when it is settled
 */
export function installNoCors(adapter: HttpServer | undefined, base: () => string): void {
  let settled: string | undefined;
  installBeforeAll(adapter, (request, response) => {
    settled ??= plainPath(base());
    if (leadsBelow(request.url ?? '/', settled)) withoutCors(response);
  });
}

/** Right before the headers go out: those that are set, and those that come along with the call, as Fastify's do. */
function withoutCors(response: ServerResponse): void {
  const writeHead = response.writeHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    for (const name of this.headersSent ? [] : this.getHeaderNames()) if (isCorsHeader(name)) this.removeHeader(name);
    const given = args.map((arg) => (isHeaders(arg) ? others(arg) : arg));
    return (writeHead as (...all: unknown[]) => ServerResponse).apply(this, given);
  } as typeof writeHead;
}

function isHeaders(value: unknown): value is Record<string, unknown> | unknown[] {
  return typeof value === 'object' && value !== null;
}

/** Node takes an object, a flat list of names and values, or a list of pairs. */
function others(headers: Record<string, unknown> | unknown[]): unknown {
  if (!Array.isArray(headers)) {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !isCorsHeader(name)));
  }
  if (Array.isArray(headers[0])) return headers.filter((pair) => !isCorsHeader(String((pair as unknown[])[0])));
  return headers.filter((_, n) => !isCorsHeader(String(headers[n - (n % 2)])));
}
