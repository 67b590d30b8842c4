import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { isCorsHeader } from './http-types.js';
import { leadsBelow, plainPath } from './plain-path.js';

type Next = () => void;
type Protect = (request: IncomingMessage, response: ServerResponse) => void;
/** Returns a promise in place of calling `done`, or nothing. */
type RequestHook = (request: { raw: IncomingMessage }, reply: { raw: ServerResponse }, done: Next) => unknown;

/** As much of Nest's Fastify adapter as is used here. */
interface FastifyAdapterLike {
  onRequestHook?: RequestHook;
  setOnRequestHook?(hook: RequestHook): void;
  getInstance(): { addHook(name: 'onRequest', hook: RequestHook): void };
}

/** As much of Express's application as is used here. */
interface ExpressLike {
  router?: { stack?: { handle?: unknown }[] };
}

/**
 * Removes the CORS headers of the application from every response below `base`. Its CORS middleware answers preflights
 * before any route of ours runs, so this hooks into the adapter. It compares the path that a router, or a proxy before it,
 * could read from the request's target (see `plainPath`).
 *
 * @param base the path of the debug routes, global prefix included; asked at the first request, when it is settled
 */
export function installNoCors(adapter: HttpServer | undefined, base: () => string): void {
  let settled: string | undefined;
  const protect: Protect = (request, response) => {
    settled ??= plainPath(base());
    if (leadsBelow(request.url ?? '/', settled)) withoutCors(response);
  };
  switch (adapter?.getType?.()) {
    case 'express':
      return installOnExpress(adapter, protect);
    case 'fastify':
      return installOnFastify(adapter as unknown as FastifyAdapterLike, protect);
    default:
  }
}

function installOnExpress(adapter: HttpServer, protect: Protect): void {
  const middleware = (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    protect(request, response);
    next();
  };
  adapter.use(middleware);
  moveToFront(adapter.getInstance() as ExpressLike, middleware);
}

/** An application that hands its own Express instance to Nest may have CORS middleware on it already. */
function moveToFront(express: ExpressLike, middleware: unknown): void {
  let stack: { handle?: unknown }[] | undefined;
  try {
    stack = express.router?.stack;
  } catch {
    // Express 4 throws for this name: there it stays where it is.
  }
  if (!Array.isArray(stack) || stack.at(-1)?.handle !== middleware) return;
  stack.unshift(...stack.splice(-1));
}

/** The adapter's own hook runs before its CORS hook; the plain hook covers applications that replace the first. */
function installOnFastify(adapter: FastifyAdapterLike, protect: Protect): void {
  const earlier = adapter.onRequestHook;
  adapter.setOnRequestHook?.((request, reply, done) => {
    protect(request.raw, reply.raw);
    return earlier ? earlier.call(adapter, request, reply, done) : done();
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    protect(request.raw, reply.raw);
    done();
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
