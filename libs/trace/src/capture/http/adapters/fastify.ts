import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { runWith } from '../../../context/trace-context.js';
import type { CapturedRequest } from '../../capture.options.js';
import { noteErrorAnswer } from '../response/error-response.js';
import type { WebhookCapture } from '../webhook-capture.js';

type Done = (error?: Error) => void;
type FastifyRequest = CapturedRequest & { raw: IncomingMessage };
type FastifyReply = { raw: ServerResponse; statusCode: number };
/** The adapter's hook may return a promise in place of calling `done`. */
type AdapterHook = (request: FastifyRequest, reply: FastifyReply, done: Done) => unknown;
type Hook = (request: FastifyRequest, reply: FastifyReply, done: Done) => void;
type SendHook = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void;

interface FastifyAdapterLike {
  onRequestHook?: AdapterHook;
  setOnRequestHook?(hook: AdapterHook): void;
  getInstance(): {
    addHook(name: 'onRequest' | 'preValidation', hook: Hook): void;
    addHook(name: 'onSend', hook: SendHook): void;
  };
}

/**
 * Three hooks. `onRequest` opens the trace; the body's bytes then arrive in events of the socket, where the context is
 * lost, so `preValidation`, the first hook that sees the parsed body, takes it up again for guards and handlers.
 * `onSend`, before a plugin's that compresses, sees what an error is answered with.
 *
 * The adapter's own request hook runs before Nest's middleware, which `addHook` would not (middie is registered
 * first); an application's hook that was set before ours runs inside it, and one that is set later replaces it, in
 * which case the plain `onRequest` hook still opens the trace.
 */
export function installOnFastify(adapter: HttpServer, capture: WebhookCapture): void {
  const fastify = adapter as unknown as FastifyAdapterLike;
  const inTrace = (request: FastifyRequest, reply: FastifyReply, next: () => unknown): unknown => {
    const ref = capture.arrive(request, request.raw, reply.raw);
    return ref ? runWith(ref, next) : next();
  };
  const earlier = fastify.onRequestHook;
  // What the hook returns is the adapter's: a request whose hook is async waits for that promise.
  fastify.setOnRequestHook?.((request, reply, done) =>
    inTrace(request, reply, earlier ? () => earlier.call(adapter, request, reply, done) : done),
  );
  const instance = fastify.getInstance();
  instance.addHook('onRequest', (request, reply, done) => void inTrace(request, reply, done));
  instance.addHook('preValidation', (request, _reply, done) => {
    const ref = capture.parsed(request.raw);
    if (ref) runWith(ref, done);
    else done();
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && capture.refOf(request.raw)) noteErrorAnswer(reply.raw, payload);
    done();
  });
}
