import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { runWith } from '../../../context/trace-context.js';
import { type RequestHook, runHook } from '../../../model/request-hook.js';
import type { CapturedRequest } from '../../capture.options.js';
import { noteErrorAnswer } from '../response/error-response.js';
import type { WebhookCapture } from '../webhook-capture.js';

type Done = (error?: Error) => void;
type FastifyRequest = CapturedRequest & { raw: IncomingMessage };
type FastifyReply = { raw: ServerResponse; statusCode: number };
type Hook = RequestHook<FastifyRequest, FastifyReply>;
type SendHook = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void;

interface FastifyAdapterLike {
  onRequestHook?: Hook;
  setOnRequestHook?(hook: Hook): void;
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
  const open: Hook = (request, reply, done) => {
    const ref = capture.arrive(request, request.raw, reply.raw);
    if (ref) runWith(ref, done);
    else done();
  };
  const earlier = fastify.onRequestHook;
  fastify.setOnRequestHook?.((request, reply, done) =>
    open(request, reply, earlier ? () => runHook(earlier, adapter, request, reply, done) : done),
  );
  const instance = fastify.getInstance();
  instance.addHook('onRequest', open);
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
