import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { isCorsHeader } from './exchange.js';

type Next = () => void;
type RequestHook = (request: { raw: IncomingMessage }, reply: { raw: ServerResponse }, done: Next) => void;

/** As much of Nest's Fastify adapter as is used here. */
interface FastifyAdapterLike {
  onRequestHook?: RequestHook;
  setOnRequestHook?(hook: RequestHook): void;
  getInstance(): { addHook(name: 'onRequest', hook: RequestHook): void };
}

/**
 * Keeps the CORS headers of the application off every answer below `base`. Preflights are answered by its CORS middleware
 * before any route of ours is asked, so this stands at the adapter.
 *
 * @param base the path of the debug routes, global prefix included; asked at the first request, when it is settled
 */
export function installNoCors(adapter: HttpServer | undefined, base: () => string): void {
  let settled: string | undefined;
  const protect = (request: IncomingMessage, response: ServerResponse): void => {
    settled ??= base().toLowerCase();
    const path = (request.url ?? '/').toLowerCase();
    if (path.startsWith(settled) && /^(?:[/?]|$)/.test(path.slice(settled.length))) withoutCors(response);
  };
  switch (adapter?.getType?.()) {
    case 'express':
      return installOnExpress(adapter, protect);
    case 'fastify':
      return installOnFastify(adapter as unknown as FastifyAdapterLike, protect);
    default:
  }
}

type Protect = (request: IncomingMessage, response: ServerResponse) => void;

function installOnExpress(adapter: HttpServer, protect: Protect): void {
  adapter.use((request: IncomingMessage, response: ServerResponse, next: Next) => {
    protect(request, response);
    next();
  });
}

/** The adapter's own hook comes before its CORS hook; the plain one stands in where the application set another. */
function installOnFastify(adapter: FastifyAdapterLike, protect: Protect): void {
  const earlier = adapter.onRequestHook;
  const hook: RequestHook = (request, reply, done) => {
    protect(request.raw, reply.raw);
    done();
  };
  adapter.setOnRequestHook?.((request, reply, done) =>
    hook(request, reply, () => (earlier ? earlier.call(adapter, request, reply, done) : done())),
  );
  adapter.getInstance().addHook('onRequest', hook);
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

function isHeaders(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function others(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isCorsHeader(name)));
}
