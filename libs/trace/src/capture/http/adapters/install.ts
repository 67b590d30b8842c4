import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { runWith } from '../../../context/trace-context.js';
import { processShared } from '../../../model/process-shared.js';
import type { CapturedRequest } from '../../capture.options.js';
import type { WebhookCapture } from '../webhook-capture.js';
import { hookContext } from './context-hook.js';
import { installOnFastify } from './fastify.js';
import { hookRoutes } from './route-hook.js';

const installed = processShared('installed.v1', () => new WeakMap<HttpServer, WebhookCapture>());

/**
 * Puts capture before everything else the adapter does, and around each route that Nest is about to register. An adapter
 * of another kind is left alone.
 *
 * Once per adapter: a module that is imported twice must not make two traces of one webhook. The first one captures; of
 * another application on the same adapter it gets the routes.
 */
export function installCapture(adapter: HttpServer | undefined, capture: WebhookCapture): void {
  if (!adapter) return;
  const first = installed.get(adapter);
  if (first) return hook(adapter, capture, first);
  installed.set(adapter, capture);
  hook(adapter, capture, capture);
  switch (adapter.getType?.()) {
    case 'express':
      return installOnExpress(adapter, capture);
    case 'fastify':
      return installOnFastify(adapter, capture);
    default:
  }
}

function hook(adapter: HttpServer, { routes }: WebhookCapture, capture: WebhookCapture): void {
  capture.internalErrors.guard('install', () => {
    if (routes) hookRoutes(adapter, routes, capture);
    if (capture.routes === routes) hookContext(adapter, capture);
  });
}

/**
 * A middleware registered before the body parser: guards, pipes, malformed JSON and aborted uploads all come after it.
 * Express carries AsyncLocalStorage from here to the handler.
 */
function installOnExpress(adapter: HttpServer, capture: WebhookCapture): void {
  adapter.use((request: IncomingMessage & CapturedRequest, response: ServerResponse, next: () => void) => {
    const ref = capture.arrive(request, request, response);
    if (ref) runWith(ref, next);
    else next();
  });
}
