import type { HttpServer } from '@nestjs/common';
import { processShared } from '../../model/process-shared.js';
import type { WebhookCapture } from '../webhook-capture.js';
import { installOnExpress } from './express.js';
import { installOnFastify } from './fastify.js';

const installed = processShared('installed.v1', () => new WeakSet<HttpServer>());

/**
 * Puts capture before everything else the adapter does. An adapter of another kind is left alone.
 *
 * Once per adapter: a module that is imported twice must not make two traces of one webhook. The first one captures.
 */
export function installCapture(adapter: HttpServer | undefined, capture: WebhookCapture): void {
  if (!adapter || installed.has(adapter)) return;
  installed.add(adapter);
  switch (adapter.getType?.()) {
    case 'express':
      return installOnExpress(adapter, capture);
    case 'fastify':
      return installOnFastify(adapter, capture);
    default:
  }
}
