import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** What runs before everything else that an application does with a request. */
export type FirstStep = (request: IncomingMessage, response: ServerResponse) => void;
type Done = (error?: Error) => void;
/** The adapter's hook may return a promise in place of calling `done`. */
type Hook = (request: { raw: IncomingMessage }, reply: { raw: ServerResponse }, done: Done) => unknown;

/** As much of Nest's Fastify adapter as is used here. */
interface FastifyAdapterLike {
  onRequestHook?: Hook;
  setOnRequestHook?(hook: Hook): void;
  getInstance(): { addHook(name: 'onRequest', hook: Hook): void };
}

/** As much of Express's application as is used here. */
interface ExpressLike {
  router?: { stack?: { handle?: unknown }[] };
}

/** Runs `step` before the application's parsers, CORS and middleware. An adapter of another kind is left alone. */
export function installBeforeAll(adapter: HttpServer | undefined, step: FirstStep): void {
  switch (adapter?.getType?.()) {
    case 'express':
      return installOnExpress(adapter, step);
    case 'fastify':
      return installOnFastify(adapter as unknown as FastifyAdapterLike, step);
    default:
  }
}

function installOnExpress(adapter: HttpServer, step: FirstStep): void {
  const middleware = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    step(request, response);
    next();
  };
  adapter.use(middleware);
  moveToFront(adapter.getInstance() as ExpressLike, middleware);
}

/** An application that hands its own Express instance to Nest may have middleware on it already. */
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
function installOnFastify(adapter: FastifyAdapterLike, step: FirstStep): void {
  const earlier = adapter.onRequestHook;
  // What the earlier hook returns is the adapter's: a request whose hook is async waits for that promise.
  adapter.setOnRequestHook?.((request, reply, done) => {
    step(request.raw, reply.raw);
    return earlier ? earlier.call(adapter, request, reply, done) : done();
  });
  adapter.getInstance().addHook('onRequest', (request, reply, done) => {
    step(request.raw, reply.raw);
    done();
  });
}
