import type { HttpServer } from '@nestjs/common';
import { processShared } from '../../../model/process-shared.js';
import type { WebhookCapture } from '../webhook-capture.js';
import { hookContext } from './context-hook.js';
import { installOnExpress } from './express.js';
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
